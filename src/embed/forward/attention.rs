//! Scaled dot-product attention of one text.

use super::kernels::softmax_rows;
use super::matmul::{Matrix, Output, matmul};

/// The shape of attention in a model.
#[derive(Clone, Copy)]
pub struct Heads {
    pub count: usize,
    /// Columns of all heads together: the model's hidden size.
    pub hidden: usize,
}

impl Heads {
    /// Attends within one text, head by head: `[seq, 3 * hidden]`, query, key and value side by side, to
    /// `[seq, hidden]`, the heads' results side by side. `scores` is scratch.
    pub fn attend(self, projected: &[f32], context: &mut [f32], scores: &mut Vec<f32>) {
        let Self { count, hidden } = self;
        let (seq, width) = (context.len() / hidden, hidden / count);
        let scale = 1.0 / (width as f32).sqrt();
        scores.resize(seq * seq, 0.0);
        for head in 0..count {
            let part = |which: usize| Matrix {
                data: &projected[which * hidden + head * width..],
                rows: seq,
                columns: width,
                row_stride: 3 * hidden,
                column_stride: 1,
            };
            let (query, key, value) = (part(0), part(1), part(2));
            matmul(scores, seq, Output::Replace, scale, query, key.transposed());
            softmax_rows(scores, seq);
            let weights = Matrix::row_major(scores, seq, seq);
            matmul(&mut context[head * width..], hidden, Output::Replace, 1.0, weights, value);
        }
    }
}
