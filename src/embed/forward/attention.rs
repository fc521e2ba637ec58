//! Scaled dot-product attention of one text.
//!
//! A vector holds the same number for several queries, so no sum ever runs across a vector and its width does not show
//! in the result. A head's keys and values are brought together first: where the projection leaves them, rows lie so
//! far apart that few of them fit the nearest cache.

use rten_simd::ops::{BitOps, FloatOps, NumOps};
use rten_simd::{Isa, SimdOp, SimdUnaryOp};
use rten_vecmath::Exp;

/// Vectors of queries taken together.
const VECTORS: usize = 2;
/// Keys, or columns of values, taken together: as many as the registers of AVX2 hold sums for.
const ROWS: usize = 6;

/// The shape of attention in a model.
#[derive(Clone, Copy)]
pub struct Heads {
    pub count: usize,
    /// Columns of all heads together: the model's hidden size.
    pub hidden: usize,
}

/// Buffers for one head and some of its queries, reused.
#[derive(Default)]
pub struct Attention {
    /// `[seq, width]`.
    keys: Vec<f32>,
    /// `[seq, width]`.
    values: Vec<f32>,
    /// `[width, queries]`.
    queries: Vec<f32>,
    /// `[seq, queries]`.
    weights: Vec<f32>,
    /// `[width, queries]`.
    mixed: Vec<f32>,
}

impl Attention {
    /// Attends within one text: `[seq, 3 * hidden]`, query, key and value side by side, to `[seq, hidden]`, the heads'
    /// results side by side.
    pub fn attend(&mut self, heads: Heads, projected: &[f32], context: &mut [f32]) {
        Attend { heads, projected, context, buffers: self }.dispatch();
    }
}

struct Attend<'a> {
    heads: Heads,
    projected: &'a [f32],
    context: &'a mut [f32],
    buffers: &'a mut Attention,
}

impl SimdOp for Attend<'_> {
    type Output = ();

    #[inline(always)]
    fn eval<I: Isa>(self, isa: I) {
        let Self { heads: Heads { count, hidden }, projected, context, buffers } = self;
        let Attention { keys, values, queries, weights, mixed } = buffers;
        let (seq, width) = (context.len() / hidden, hidden / count);
        let together = VECTORS * isa.f32().len();
        queries.resize(width * together, 0.0);
        weights.resize(seq * together, 0.0);
        mixed.resize(width * together, 0.0);
        for head in 0..count {
            let part = |which: usize, row: usize| &projected[(row * 3 + which) * hidden + head * width..][..width];
            keys.clear();
            values.clear();
            for row in 0..seq {
                keys.extend_from_slice(part(1, row));
                values.extend_from_slice(part(2, row));
            }
            for first in (0..seq).step_by(together) {
                let used = together.min(seq - first);
                for row in 0..used {
                    let columns = queries.chunks_exact_mut(together).zip(part(0, first + row));
                    columns.for_each(|(queries, query)| queries[row] = *query);
                }
                score(isa, queries, keys, weights);
                let sums = exponentiate(isa, weights);
                mix(isa, weights, sums, values, mixed);
                for row in 0..used {
                    let context = &mut context[(first + row) * hidden + head * width..][..width];
                    context.iter_mut().zip(mixed.chunks_exact(together)).for_each(|(out, mixed)| *out = mixed[row]);
                }
            }
        }
    }
}

/// `weights[key] = keys[key] . queries / sqrt(width)`.
#[inline(always)]
fn score<I: Isa>(isa: I, queries: &[f32], keys: &[f32], weights: &mut [f32]) {
    let together = VECTORS * isa.f32().len();
    let width = queries.len() / together;
    let scale = [isa.f32().splat(1.0 / (width as f32).sqrt()); VECTORS];
    let (mut keys, mut weights) = (keys.chunks_exact(ROWS * width), weights.chunks_exact_mut(ROWS * together));
    for (keys, weights) in (&mut keys).zip(&mut weights) {
        let keys: [&[f32]; ROWS] = std::array::from_fn(|row| &keys[row * width..][..width]);
        let sums = multiply(
            isa,
            #[inline(always)]
            |column| keys.map(|key| key[column]),
            queries,
        );
        store(isa, sums, scale, weights);
    }
    let rest = keys.remainder().chunks_exact(width).zip(weights.into_remainder().chunks_exact_mut(together));
    for (key, weights) in rest {
        let sums = multiply(
            isa,
            #[inline(always)]
            |column| [key[column]],
            queries,
        );
        store(isa, sums, scale, weights);
    }
}

/// `weights[key] = exp(weights[key] - largest)`; gives their sums.
#[inline(always)]
fn exponentiate<I: Isa>(isa: I, weights: &mut [f32]) -> [I::F32; VECTORS] {
    let ops = isa.f32();
    let lanes = ops.len();
    let mut largest = load::<I>(isa, weights);
    for row in weights.chunks_exact(VECTORS * lanes) {
        let row = load(isa, row);
        for vector in 0..VECTORS {
            largest[vector] = ops.max(row[vector], largest[vector]);
        }
    }
    let mut sums = [ops.zero(); VECTORS];
    for row in weights.chunks_exact_mut(VECTORS * lanes) {
        for vector in 0..VECTORS {
            let part = &mut row[vector * lanes..][..lanes];
            let weight = Exp::apply(isa, ops.sub(ops.load(part), largest[vector]));
            sums[vector] = ops.add(sums[vector], weight);
            ops.store(weight, part);
        }
    }
    sums
}

/// `mixed = values^T . weights / sums`.
#[inline(always)]
fn mix<I: Isa>(isa: I, weights: &[f32], sums: [I::F32; VECTORS], values: &[f32], mixed: &mut [f32]) {
    let ops = isa.f32();
    let together = VECTORS * ops.len();
    let width = mixed.len() / together;
    let scale = sums.map(
        #[inline(always)]
        |sum| ops.reciprocal(sum),
    );
    let mut first = 0;
    while first < width {
        let mixed = &mut mixed[first * together..];
        first += match width - first {
            ROWS.. => mix_columns::<I, ROWS>(isa, weights, scale, values, width, first, mixed),
            2.. => mix_columns::<I, 2>(isa, weights, scale, values, width, first, mixed),
            _ => mix_columns::<I, 1>(isa, weights, scale, values, width, first, mixed),
        };
    }
}

/// Columns `first` to `first + N`; gives N.
#[inline(always)]
fn mix_columns<I: Isa, const N: usize>(
    isa: I,
    weights: &[f32],
    scale: [I::F32; VECTORS],
    values: &[f32],
    width: usize,
    first: usize,
    mixed: &mut [f32],
) -> usize {
    let sums = multiply(
        isa,
        #[inline(always)]
        |key| *values[key * width + first..].first_chunk::<N>().expect("a row of values is that wide"),
        weights,
    );
    store(isa, sums, scale, mixed);
    N
}

/// `sums[row] = a(0)[row] * b[0] + a(1)[row] * b[1] + ...`, one fused multiply-add after another.
#[inline(always)]
fn multiply<I: Isa, const N: usize>(isa: I, a: impl Fn(usize) -> [f32; N], b: &[f32]) -> [[I::F32; VECTORS]; N] {
    let ops = isa.f32();
    let mut sums = [[ops.zero(); VECTORS]; N];
    for (depth, b) in b.chunks_exact(VECTORS * ops.len()).enumerate() {
        let (a, b) = (a(depth), load(isa, b));
        for row in 0..N {
            let a = ops.splat(a[row]);
            for vector in 0..VECTORS {
                sums[row][vector] = ops.mul_add(a, b[vector], sums[row][vector]);
            }
        }
    }
    sums
}

#[inline(always)]
fn load<I: Isa>(isa: I, from: &[f32]) -> [I::F32; VECTORS] {
    let ops = isa.f32();
    std::array::from_fn(
        #[inline(always)]
        |vector| ops.load(&from[vector * ops.len()..]),
    )
}

#[inline(always)]
fn store<I: Isa, const N: usize>(isa: I, rows: [[I::F32; VECTORS]; N], scale: [I::F32; VECTORS], to: &mut [f32]) {
    let ops = isa.f32();
    for (row, to) in rows.iter().zip(to.chunks_exact_mut(VECTORS * ops.len())) {
        for vector in 0..VECTORS {
            ops.store(ops.mul(row[vector], scale[vector]), &mut to[vector * ops.len()..]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_the_formula() {
        for (seq, count, width) in [(1, 2, 32), (5, 3, 7), (16, 1, 64), (50, 2, 20)] {
            let hidden = count * width;
            let projected: Vec<f32> =
                (0..seq * 3 * hidden).map(|index| ((index * 7919) % 10007) as f32 / 2500.0 - 2.0).collect();
            let part = |which: usize, row: usize, head: usize| {
                &projected[(row * 3 + which) * hidden + head * width..][..width]
            };
            let mut context = vec![0.0; seq * hidden];
            // Buffers of another text's size must not matter.
            let mut attention = Attention { weights: vec![f32::NAN; 4096], ..Attention::default() };
            attention.attend(Heads { count, hidden }, &projected, &mut context);
            for (row, head) in (0..seq).flat_map(|row| (0..count).map(move |head| (row, head))) {
                let score = |key: usize| -> f64 {
                    let products = part(0, row, head).iter().zip(part(1, key, head));
                    products.map(|(a, b)| f64::from(a * b)).sum::<f64>() / (width as f64).sqrt()
                };
                let weights: Vec<f64> = (0..seq).map(|key| score(key).exp()).collect();
                let total: f64 = weights.iter().sum();
                for column in 0..width {
                    let value = |key: usize| f64::from(part(2, key, head)[column]);
                    let exact = (0..seq).map(|key| weights[key] * value(key)).sum::<f64>() / total;
                    let own = f64::from(context[row * hidden + head * width + column]);
                    assert!((own - exact).abs() < 1e-4, "{seq} {row} {head} {column}: {own} {exact}");
                }
            }
        }
    }

    #[test]
    fn what_is_not_a_number_stays_visible() {
        let mut projected = vec![0.5; 3 * 3 * 32];
        projected[40] = f32::NAN;
        let mut context = vec![0.0; 3 * 32];
        Attention::default().attend(Heads { count: 1, hidden: 32 }, &projected, &mut context);
        assert!(context.iter().any(|value| value.is_nan()));
    }
}
