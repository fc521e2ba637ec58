//! What surrounds the matrix products: softmax, GELU, layer norm.
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
    /// Adds the bias to each row of `bias.len()` values, in place.
    add_bias, add_bias_portable, (values: &mut [f32], bias: &[f32])
);
for_this_cpu!(
    /// Adds the bias to each row of `bias.len()` values, then GELU in its exact form, x/2 (1 + erf(x/sqrt 2)); in place.
    add_bias_gelu, add_bias_gelu_portable, (values: &mut [f32], bias: &[f32])
);
for_this_cpu!(
    /// Softmax over each row of `columns` values, in place.
    softmax_rows, softmax_rows_portable, (values: &mut [f32], columns: usize)
);
for_this_cpu!(
    /// Layer norm over each row of `weight.len()` values, in place.
    layer_norm_rows, layer_norm_rows_portable, (values: &mut [f32], weight: &[f32], bias: &[f32], epsilon: f32)
);
for_this_cpu!(
    /// Adds to each row of `added.len()` values `added` and the row of `residual`, in place.
    add_rows, add_rows_portable, (values: &mut [f32], added: &[f32], residual: &[f32])
);

#[inline(always)]
fn add_bias_portable(values: &mut [f32], bias: &[f32]) {
    for row in values.chunks_exact_mut(bias.len()) {
        row.iter_mut().zip(bias).for_each(|(value, bias)| *value += bias);
    }
}

#[inline(always)]
fn add_bias_gelu_portable(values: &mut [f32], bias: &[f32]) {
    for row in values.chunks_exact_mut(bias.len()) {
        for (value, bias) in row.iter_mut().zip(bias) {
            let x = *value + bias;
            let half_erfc = half_erfc_of_root_half(x.abs());
            *value = x * if x < 0.0 { half_erfc } else { 1.0 - half_erfc };
        }
    }
}

#[inline(always)]
fn add_rows_portable(values: &mut [f32], added: &[f32], residual: &[f32]) {
    let count = added.len();
    for (row, residual) in values.chunks_exact_mut(count).zip(residual.chunks_exact(count)) {
        for ((value, added), residual) in row.iter_mut().zip(added).zip(residual) {
            *value += added + residual;
        }
    }
}

/// erfc(x/sqrt 2)/2 for x >= 0, absolute error below 1e-7: Abramowitz and Stegun, formula 7.1.26.
#[inline(always)]
fn half_erfc_of_root_half(x: f32) -> f32 {
    let z = x * std::f32::consts::FRAC_1_SQRT_2;
    let t = 1.0 / (1.0 + 0.327_591_1 * z);
    let polynomial = ((((1.061_405_4 * t - 1.453_152_1) * t + 1.421_413_7) * t - 0.284_496_72) * t + 0.254_829_6) * t;
    0.5 * polynomial * exp_of_nonpositive(-z * z)
}

#[inline(always)]
fn softmax_rows_portable(values: &mut [f32], columns: usize) {
    for row in values.chunks_exact_mut(columns) {
        let largest = fold(row, f32::NEG_INFINITY, |best, value| if value > best { value } else { best });
        for value in row.iter_mut() {
            *value = exp_of_nonpositive(*value - largest);
        }
        let scale = 1.0 / fold(row, 0.0, |sum, value| sum + value);
        for value in row.iter_mut() {
            *value *= scale;
        }
    }
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

/// e^x for x <= 0, relative error below 2e-7; 0 is never reached, e^-87 stands for everything smaller.
///
/// Range reduction and polynomial of the Cephes library (`expf`).
#[inline(always)]
fn exp_of_nonpositive(x: f32) -> f32 {
    /// Adding and subtracting 1.5 * 2^23 rounds to the nearest integer.
    const ROUND: f32 = 12_582_912.0;
    let x = if x < -87.0 { -87.0 } else { x };
    let shifted = x * std::f32::consts::LOG2_E + ROUND;
    let power = shifted - ROUND;
    let r = (x - power * 0.693_359_4) - power * -2.121_944_4e-4;
    let polynomial =
        ((((1.987_569_1e-4 * r + 1.398_199_9e-3) * r + 8.333_452e-3) * r + 4.166_579_6e-2) * r + 0.166_666_65) * r
            + 0.5;
    let fraction = polynomial * r * r + r + 1.0;
    // The integer sits in the low bits of `shifted`; moved to the exponent field it multiplies by 2^power.
    let exponent = shifted.to_bits().wrapping_sub(ROUND.to_bits()).wrapping_add(127) << 23;
    fraction * f32::from_bits(exponent)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(count: usize, span: f32) -> Vec<f32> {
        (0..count).map(|i| ((i * 7919) % 10007) as f32 / 10007.0 * 2.0 * span - span).collect()
    }

    #[test]
    fn exp_is_as_good_as_f32_allows() {
        for x in sample(20_000, 43.0).into_iter().map(|x| x - 43.0) {
            let exact = f64::from(x).exp();
            assert!((f64::from(exp_of_nonpositive(x)) - exact).abs() <= 2e-7 * exact, "{x}");
        }
        assert_eq!(exp_of_nonpositive(0.0), 1.0);
        assert!(exp_of_nonpositive(f32::NEG_INFINITY) < 1e-37);
    }

    #[test]
    fn gelu_agrees_with_candle() {
        let mut values = sample(20_001, 9.0);
        let tensor = candle_core::Tensor::new(values.as_slice(), &candle_core::Device::Cpu).unwrap();
        let exact = tensor.gelu_erf().unwrap().to_vec1::<f32>().unwrap();
        add_bias_gelu(&mut values, &[0.0]);
        for (ours, exact) in values.iter().zip(exact) {
            assert!((ours - exact).abs() <= 5e-7, "{ours} {exact}");
        }
    }

    #[test]
    fn softmax_rows_sum_to_one_and_keep_nan_visible() {
        let mut values = sample(7 * 13, 30.0);
        softmax_rows(&mut values, 13);
        for row in values.chunks(13) {
            assert!((row.iter().sum::<f32>() - 1.0).abs() < 1e-6);
        }
        let mut broken = [0.0, f32::NAN, 1.0];
        softmax_rows(&mut broken, 3);
        assert!(broken.iter().any(|value| value.is_nan()));
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
            add_bias(&mut wide, &weight);
            add_bias_gelu(&mut wide, &bias);
            add_rows(&mut wide, &weight, &residual);
            softmax_rows(&mut wide, count);
            layer_norm_rows(&mut wide, &weight, &bias, 1e-5);
            add_bias_portable(&mut portable, &weight);
            add_bias_gelu_portable(&mut portable, &bias);
            add_rows_portable(&mut portable, &weight, &residual);
            softmax_rows_portable(&mut portable, count);
            layer_norm_rows_portable(&mut portable, &weight, &bias, 1e-5);
            let bits = |values: &[f32]| values.iter().map(|value| value.to_bits()).collect::<Vec<_>>();
            assert_eq!(bits(&wide), bits(&portable), "{count}");
        }
    }
}
