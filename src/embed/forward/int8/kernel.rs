use std::sync::OnceLock;

use super::lanes::{Portable, product};
use super::rows::QuantizedRows;
use super::weights::Int8Linear;
use super::{GROUP, TILE, amx, x86};
use crate::model::RowTable;

/// How products are computed; all give the same bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kernel {
    /// Matrix unit of Intel's server CPUs since 2023.
    Amx,
    /// 512-bit vectors with dot products of bytes.
    Avx512Vnni,
    /// 256-bit vectors with dot products of bytes.
    AvxVnni,
    /// 256-bit vectors: nearly every x86 CPU since 2013.
    Avx2,
    /// Plain Rust.
    Portable,
}

impl Kernel {
    /// From the fastest down.
    const ALL: [Self; 5] = [Self::Amx, Self::Avx512Vnni, Self::AvxVnni, Self::Avx2, Self::Portable];

    /// The fastest that gives the right answer on this machine.
    pub fn best() -> Self {
        static BEST: OnceLock<Kernel> = OnceLock::new();
        let best = || Self::available().iter().copied().find(|kernel| kernel.agrees());
        *BEST.get_or_init(|| best().unwrap_or(Self::Portable))
    }

    /// Those whose instructions this machine has, from the fastest down.
    pub fn available() -> &'static [Self] {
        static AVAILABLE: OnceLock<Vec<Kernel>> = OnceLock::new();
        AVAILABLE.get_or_init(|| Self::ALL.into_iter().filter(|kernel| kernel.is_available()).collect())
    }

    /// As it is named to users.
    pub fn name(self) -> &'static str {
        match self {
            Self::Amx => "AMX",
            Self::Avx512Vnni => "AVX-512 VNNI",
            Self::AvxVnni => "AVX-VNNI",
            Self::Avx2 => "AVX2",
            Self::Portable => "portable",
        }
    }

    fn is_available(self) -> bool {
        #[cfg(target_arch = "x86_64")]
        return match self {
            Self::Amx => amx::is_available(),
            Self::Avx512Vnni => is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512vnni"),
            Self::AvxVnni => Self::Avx2.is_available() && is_x86_feature_detected!("avxvnni"),
            Self::Avx2 => is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma"),
            Self::Portable => true,
        };
        #[cfg(not(target_arch = "x86_64"))]
        return self == Self::Portable;
    }

    /// Whether a small product has the bits of the portable kernel. Not every kernel can be tried on every machine
    /// before it is released, so each proves itself where it is used.
    fn agrees(self) -> bool {
        let (count, inputs, outputs) = (19, 3 * GROUP, 2 * TILE);
        let sample = |count: usize, step: usize| -> Vec<f32> {
            (0..count).map(|index| ((index * step) % 1009) as f32 / 504.5 - 1.0).collect()
        };
        let table = RowTable::f32(outputs, inputs, sample(outputs * inputs, 811));
        let linear = Int8Linear::new(&[table], &sample(outputs, 17));
        let mut rows = QuantizedRows::default();
        rows.quantize(&sample(count * inputs, 613), inputs);
        let (mut own, mut portable) = (Vec::new(), Vec::new());
        linear.product(self, &rows, &mut own);
        linear.product(Self::Portable, &rows, &mut portable);
        own.iter().map(|value| value.to_bits()).eq(portable.iter().map(|value| value.to_bits()))
    }

    /// `out = rows * linear`, `[rows, outputs]`.
    ///
    /// # Panics
    /// When this machine has not the kernel's instructions, or the sizes differ.
    pub fn product(self, linear: &Int8Linear, rows: &QuantizedRows, out: &mut [f32]) {
        let [inputs, outputs] = linear.shape();
        assert_eq!(out.len(), rows.count() * outputs, "output of another size");
        assert!(rows.count() == 0 || rows.steps(0).len() == inputs / GROUP, "rows of another width");
        if self == Self::Portable {
            // SAFETY: it needs no special instructions.
            return unsafe { product::<Portable, 1>(linear, rows, out) };
        }
        assert!(Self::available().contains(&self), "this machine has no {}", self.name());
        #[cfg(target_arch = "x86_64")]
        // SAFETY: the instructions are there.
        unsafe {
            match self {
                Self::Amx => amx::product(linear, rows, out),
                Self::Avx512Vnni => x86::product_avx512_vnni(linear, rows, out),
                Self::AvxVnni => x86::product_avx_vnni(linear, rows, out),
                Self::Avx2 => x86::product_avx2(linear, rows, out),
                Self::Portable => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;
    use std::sync::Arc;

    use super::*;

    /// `[outputs, inputs]` blocks with every nibble and with scales of all sizes.
    fn four_bit(outputs: usize, inputs: usize) -> RowTable {
        let bytes = (0..outputs * inputs / 32).flat_map(|block| {
            let scale = half::f16::from_f32(((block * 31) % 97) as f32 / 300.0 - 0.1).to_le_bytes();
            scale.into_iter().chain((0..16).map(move |byte| ((block * 7 + byte * 53) % 256) as u8))
        });
        RowTable::q4_0(outputs, inputs, &Arc::new(Cow::Owned(bytes.collect())), 0).unwrap()
    }

    fn sample(count: usize) -> Vec<f32> {
        (0..count).map(|index| ((index * 7919) % 10007) as f32 / 5003.5 - 1.0).collect()
    }

    fn bits(values: &[f32]) -> Vec<u32> {
        values.iter().map(|value| value.to_bits()).collect()
    }

    #[test]
    fn every_kernel_gives_the_bits_of_the_portable_one() {
        assert!(Kernel::available().contains(&Kernel::best()));
        for (inputs, outputs) in [(64, 16), (384, 48), (1536, 16), (128, 64)] {
            for table in [four_bit(outputs, inputs), RowTable::f32(outputs, inputs, sample(outputs * inputs))] {
                let linear = Int8Linear::new(&[table], &sample(outputs));
                for count in [0, 1, 2, 3, 4, 5, 7, 8, 9, 16, 37] {
                    let mut rows = QuantizedRows::default();
                    rows.quantize(&sample(count * inputs), inputs);
                    let (mut own, mut portable) = (Vec::new(), Vec::new());
                    linear.product(Kernel::Portable, &rows, &mut portable);
                    assert_eq!(portable.len(), count * outputs);
                    for kernel in Kernel::available() {
                        linear.product(*kernel, &rows, &mut own);
                        assert_eq!(bits(&own), bits(&portable), "{} {inputs} {outputs} {count}", kernel.name());
                    }
                }
            }
        }
    }

    #[test]
    fn the_largest_steps_do_not_overflow() {
        let (inputs, outputs) = (128, 16);
        let least = |_| [0x00, 0x3c].into_iter().chain([0; 16]);
        let bytes: Vec<u8> = (0..outputs * inputs / 32).flat_map(least).collect();
        let table = RowTable::q4_0(outputs, inputs, &Arc::new(Cow::Owned(bytes)), 0).unwrap();
        let linear = Int8Linear::new(&[table], &[0.0; 16]);
        let mut rows = QuantizedRows::default();
        rows.quantize(&[255.0; 128], inputs);
        let mut out = Vec::new();
        for kernel in Kernel::available() {
            linear.product(*kernel, &rows, &mut out);
            assert_eq!(out, [-8.0 * 255.0 * 128.0; 16], "{}", kernel.name());
        }
    }

    #[test]
    fn a_row_has_the_same_bits_whatever_rows_stand_around_it() {
        let (inputs, outputs, count) = (384, 48, 23);
        let linear = Int8Linear::new(&[four_bit(outputs, inputs)], &sample(outputs));
        let values = sample(count * inputs);
        let (mut rows, mut all, mut part) = (QuantizedRows::default(), Vec::new(), Vec::new());
        rows.quantize(&values, inputs);
        linear.product(Kernel::best(), &rows, &mut all);
        for (start, end) in [(0, 1), (22, 23), (3, 20), (5, 6), (1, 17)] {
            rows.quantize(&values[start * inputs..end * inputs], inputs);
            linear.product(Kernel::best(), &rows, &mut part);
            assert_eq!(bits(&part), bits(&all[start * outputs..end * outputs]), "{start}..{end}");
        }
    }
}
