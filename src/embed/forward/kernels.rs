//! What surrounds the matrix products: residuals and layer norm.
//!
//! The loops are written so that the compiler can vectorize them: no branches, eight partial sums in a fixed order.
//! Nothing is fused or reordered, so the AVX2 build of a loop gives the same bits as the portable one.

/// Partial sums kept side by side, whatever the machine's vectors hold.
const LANES: usize = 8;

/// Compiles a loop twice, for AVX2 and for every machine, and picks at run time.
macro_rules! for_this_cpu {
    ($(#[$doc:meta])* $name:ident, $portable:ident, ($($arg:ident: $type:ty),*)) => {
        $(#[$doc])*
        pub fn $name($($arg: $type),*) {
            #[cfg(target_arch = "x86_64")]
            if std::arch::is_x86_feature_detected!("avx2") {
                #[target_feature(enable = "avx2")]
                fn wide($($arg: $type),*) {
                    $portable($($arg),*)
                }
                // SAFETY: AVX2 was detected in the line above; `wide` needs nothing else.
                return unsafe { wide($($arg),*) };
            }
            $portable($($arg),*)
        }
    };
}

for_this_cpu!(
    /// Layer norm over each row of `weight.len()` values, in place.
    layer_norm_rows, layer_norm_rows_portable, (values: &mut [f32], weight: &[f32], bias: &[f32], epsilon: f32)
);
for_this_cpu!(
    /// Adds `added`, value by value, in place.
    add, add_portable, (values: &mut [f32], added: &[f32])
);

#[inline(always)]
fn add_portable(values: &mut [f32], added: &[f32]) {
    values.iter_mut().zip(added).for_each(|(value, added)| *value += added);
}

#[inline(always)]
fn layer_norm_rows_portable(values: &mut [f32], weight: &[f32], bias: &[f32], epsilon: f32) {
    let count = weight.len() as f32;
    for row in values.chunks_exact_mut(weight.len()) {
        let mean = fold(row, 0.0, |sum, value| sum + value) / count;
        for value in row.iter_mut() {
            *value -= mean;
        }
        let variance = fold_with(row, 0.0, |sum, value| sum + value * value, |a, b| a + b) / count;
        let scale = 1.0 / (variance + epsilon).sqrt();
        for ((value, weight), bias) in row.iter_mut().zip(weight).zip(bias) {
            *value = *value * scale * weight + bias;
        }
    }
}

#[inline(always)]
fn fold(row: &[f32], start: f32, step: impl Fn(f32, f32) -> f32) -> f32 {
    fold_with(row, start, &step, &step)
}

/// Folds the row in [`LANES`] interleaved parts, then the parts in order, then the rest of the row.
#[inline(always)]
fn fold_with(row: &[f32], start: f32, step: impl Fn(f32, f32) -> f32, join: impl Fn(f32, f32) -> f32) -> f32 {
    let mut lanes = [start; LANES];
    let chunks = row.chunks_exact(LANES);
    let rest = chunks.remainder();
    for chunk in chunks {
        for (lane, value) in lanes.iter_mut().zip(chunk) {
            *lane = step(*lane, *value);
        }
    }
    let joined = lanes.into_iter().fold(start, join);
    rest.iter().fold(joined, |total, value| step(total, *value))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(count: usize, span: f32) -> Vec<f32> {
        (0..count).map(|i| ((i * 7919) % 10007) as f32 / 10007.0 * 2.0 * span - span).collect()
    }

    #[test]
    fn layer_norm_centres_and_scales() {
        let mut values = sample(3 * 20, 5.0);
        layer_norm_rows(&mut values, &[2.0; 20], &[1.0; 20], 1e-12);
        for row in values.chunks(20) {
            let mean = row.iter().sum::<f32>() / 20.0;
            let variance = row.iter().map(|value| (value - mean).powi(2)).sum::<f32>() / 20.0;
            assert!((mean - 1.0).abs() < 1e-5 && (variance - 4.0).abs() < 1e-4);
        }
    }

    #[test]
    fn both_builds_of_a_loop_give_the_same_bits() {
        for count in [1, 7, 8, 9, 384, 1000] {
            let (weight, bias) = (sample(count, 2.0), sample(count, 1.0));
            let mut wide = sample(count * 3, 9.0);
            let mut portable = wide.clone();
            let residual = sample(count * 3, 4.0);
            add(&mut wide, &residual);
            layer_norm_rows(&mut wide, &weight, &bias, 1e-5);
            add_portable(&mut portable, &residual);
            layer_norm_rows_portable(&mut portable, &weight, &bias, 1e-5);
            let bits = |values: &[f32]| values.iter().map(|value| value.to_bits()).collect::<Vec<_>>();
            assert_eq!(bits(&wide), bits(&portable), "{count}");
        }
    }
}
