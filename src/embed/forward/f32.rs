//! Products in f32 with weights which lie as this CPU's kernel reads them: packed once, when the model is loaded.
//!
//! A row of a product is the same whatever rows stand around it: rten-gemm runs along the inner dimension in blocks
//! whose size depends on that dimension alone, adds each row's terms in one order whether its tile is full or not, and
//! with packed weights has no way of its own for a single row.

use rten_gemm::{BiasVector, GemmExecutor, GemmInputA, GemmInputB, GemmOptions, PackedBMatrix};
use rten_tensor::NdTensorView;

/// `[inputs, outputs]` weights and their bias, `[outputs]`.
pub struct F32Linear {
    weight: PackedBMatrix<f32>,
    bias: Vec<f32>,
}

/// This CPU's kernel. One for each thread; making it costs next to nothing.
pub struct Gemm(GemmExecutor);

impl Default for Gemm {
    fn default() -> Self {
        Self(GemmExecutor::new())
    }
}

impl F32Linear {
    /// From `[outputs, inputs]` weights, row-major, and a bias, `[outputs]`.
    pub fn new(weight: &[f32], bias: Vec<f32>) -> Self {
        let weight = NdTensorView::from_data([bias.len(), weight.len() / bias.len()], weight);
        Self { weight: Gemm::default().0.prepack_b(weight.transposed()), bias }
    }

    /// `out = input * weight + bias`; `[rows, inputs]` to `[rows, outputs]`.
    pub fn product(&self, gemm: &Gemm, input: &[f32], out: &mut Vec<f32>) {
        let (inputs, outputs) = (self.weight.rows(), self.weight.cols());
        let rows = input.len() / inputs;
        assert_eq!(input.len(), rows * inputs, "rows of the input are not whole");
        out.resize(rows * outputs, 0.0);
        let input = GemmInputA::Unpacked(NdTensorView::from_data([rows, inputs], input));
        let options = GemmOptions { bias: Some(BiasVector::Row(&self.bias)), ..GemmOptions::default() };
        let done = gemm.0.gemm(out, input, GemmInputB::Packed(&self.weight), options);
        done.expect("sizes agree, and one CPU has one kernel");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(count: usize, seed: usize) -> Vec<f32> {
        (0..count).map(|i| (((i + seed) * 7919) % 10007) as f32 / 5003.5 - 1.0).collect()
    }

    #[test]
    fn a_row_has_the_same_bits_whatever_rows_stand_around_it() {
        for (inputs, outputs) in [(384, 1152), (1536, 384), (70, 50), (3, 1)] {
            let linear = F32Linear::new(&sample(inputs * outputs, 1), sample(outputs, 2));
            let (gemm, rows) = (Gemm::default(), 150);
            let input = sample(rows * inputs, 3);
            let (mut all, mut part) = (Vec::new(), Vec::new());
            linear.product(&gemm, &input, &mut all);
            for (start, end) in [(0, 1), (149, 150), (5, 7), (63, 66), (1, 8), (13, 140)] {
                linear.product(&gemm, &input[start * inputs..end * inputs], &mut part);
                let bits = |values: &[f32]| values.iter().map(|value| value.to_bits()).collect::<Vec<_>>();
                assert!(bits(&part) == bits(&all[start * outputs..end * outputs]), "{inputs} {start}..{end}");
            }
        }
    }

    #[test]
    fn the_product_is_right() {
        let (inputs, outputs) = (300, 20);
        let (weight, input) = (sample(inputs * outputs, 4), sample(2 * inputs, 5));
        let bias = sample(outputs, 6);
        let linear = F32Linear::new(&weight, bias.clone());
        let mut out = Vec::new();
        linear.product(&Gemm::default(), &input, &mut out);
        for (index, value) in out.iter().enumerate() {
            let (row, column) = (&input[index / outputs * inputs..], &weight[index % outputs * inputs..][..inputs]);
            let exact: f64 = row.iter().zip(column).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum();
            let exact = exact + f64::from(bias[index % outputs]);
            assert!((f64::from(*value) - exact).abs() < 1e-3, "{value} {exact}");
        }
    }
}
