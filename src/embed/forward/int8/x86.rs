//! The kernels for x86: AVX2, AVX-VNNI, AVX-512 VNNI.
#![cfg(target_arch = "x86_64")]

use std::arch::asm;
use std::arch::x86_64::*;

use super::lanes::{Lanes, product};
use super::rows::{QuantizedRows, Scale};
use super::weights::{Int8Linear, QuadSteps};
use super::{QUAD, TILE};

#[target_feature(enable = "avx2,fma")]
pub fn product_avx2(linear: &Int8Linear, rows: &QuantizedRows, out: &mut [f32]) {
    // SAFETY: this function's features are those that the lanes need.
    unsafe {
        match linear.is_four_bit() {
            true => product::<Ymm<Sums16>, 4>(linear, rows, out),
            false => product::<Ymm<Sums32>, 4>(linear, rows, out),
        }
    }
}

#[target_feature(enable = "avx2,fma,avxvnni")]
pub fn product_avx_vnni(linear: &Int8Linear, rows: &QuantizedRows, out: &mut [f32]) {
    // SAFETY: likewise.
    unsafe { product::<Ymm<Vnni>, 4>(linear, rows, out) }
}

#[target_feature(enable = "avx512f,avx512vnni")]
pub fn product_avx512_vnni(linear: &Int8Linear, rows: &QuantizedRows, out: &mut [f32]) {
    // SAFETY: likewise.
    unsafe { product::<Zmm, 8>(linear, rows, out) }
}

/// Two vectors of eight outputs; `D` adds up products.
struct Ymm<D>(std::marker::PhantomData<D>);

/// How products of 32 bytes are added up until the block ends.
trait Dot {
    unsafe fn multiply(inputs: __m256i, steps: __m256i) -> __m256i;
    unsafe fn add(dots: __m256i, inputs: __m256i, steps: __m256i) -> __m256i;
    /// Eight 32-bit sums.
    unsafe fn widen(dots: __m256i) -> __m256i;
}

/// In sixteen sums of 16 bits: for weights from -8 to 7. Each takes 16 products of at most 8 * 255 in a block.
struct Sums16;

impl Dot for Sums16 {
    #[inline(always)]
    unsafe fn multiply(inputs: __m256i, steps: __m256i) -> __m256i {
        unsafe { _mm256_maddubs_epi16(inputs, steps) }
    }

    #[inline(always)]
    unsafe fn add(dots: __m256i, inputs: __m256i, steps: __m256i) -> __m256i {
        unsafe { _mm256_add_epi16(dots, Self::multiply(inputs, steps)) }
    }

    #[inline(always)]
    unsafe fn widen(dots: __m256i) -> __m256i {
        unsafe { _mm256_madd_epi16(dots, _mm256_set1_epi16(1)) }
    }
}

/// In eight sums of 32 bits: for weights from -63 to 63, two products of which fit 16 bits.
struct Sums32;

impl Dot for Sums32 {
    #[inline(always)]
    unsafe fn multiply(inputs: __m256i, steps: __m256i) -> __m256i {
        unsafe { Sums16::widen(_mm256_maddubs_epi16(inputs, steps)) }
    }

    #[inline(always)]
    unsafe fn add(dots: __m256i, inputs: __m256i, steps: __m256i) -> __m256i {
        unsafe { _mm256_add_epi32(dots, Self::multiply(inputs, steps)) }
    }

    #[inline(always)]
    unsafe fn widen(dots: __m256i) -> __m256i {
        dots
    }
}

/// Likewise, in one instruction.
struct Vnni;

impl Dot for Vnni {
    #[inline(always)]
    unsafe fn multiply(inputs: __m256i, steps: __m256i) -> __m256i {
        unsafe { Self::add(_mm256_setzero_si256(), inputs, steps) }
    }

    #[inline(always)]
    unsafe fn add(dots: __m256i, inputs: __m256i, steps: __m256i) -> __m256i {
        unsafe { _mm256_dpbusd_avx_epi32(dots, inputs, steps) }
    }

    #[inline(always)]
    unsafe fn widen(dots: __m256i) -> __m256i {
        dots
    }
}

// SAFETY: the methods use AVX2, FMA and what `D` uses; loads and stores stay within the arrays they are given.
unsafe impl<D: Dot> Lanes for Ymm<D> {
    type Dots = [__m256i; 2];
    type Sums = [__m256; 2];

    #[inline(always)]
    unsafe fn multiply(inputs: [u8; QUAD], steps: &QuadSteps) -> [__m256i; 2] {
        unsafe {
            let (inputs, steps) = operands(inputs, steps);
            [D::multiply(inputs, steps[0]), D::multiply(inputs, steps[1])]
        }
    }

    #[inline(always)]
    unsafe fn add(dots: [__m256i; 2], inputs: [u8; QUAD], steps: &QuadSteps) -> [__m256i; 2] {
        unsafe {
            let (inputs, steps) = operands(inputs, steps);
            [D::add(dots[0], inputs, steps[0]), D::add(dots[1], inputs, steps[1])]
        }
    }

    #[inline(always)]
    unsafe fn after<T>(dots: [__m256i; 2], place: &T) -> &T {
        unsafe { &*after_ymm(dots, place) }
    }

    #[inline(always)]
    unsafe fn load(values: &[f32; TILE]) -> [__m256; 2] {
        unsafe { [_mm256_loadu_ps(values.as_ptr()), _mm256_loadu_ps(values.as_ptr().add(8))] }
    }

    #[inline(always)]
    unsafe fn close_block(dots: [__m256i; 2], scales: &[f32; TILE], sums: [__m256; 2]) -> [__m256; 2] {
        unsafe {
            let scales = Self::load(scales);
            [
                _mm256_fmadd_ps(_mm256_cvtepi32_ps(D::widen(dots[0])), scales[0], sums[0]),
                _mm256_fmadd_ps(_mm256_cvtepi32_ps(D::widen(dots[1])), scales[1], sums[1]),
            ]
        }
    }

    #[inline(always)]
    unsafe fn close_group(
        sums: [__m256; 2],
        Scale { scale, zero }: Scale,
        weight_sums: &[f32; TILE],
        total: [__m256; 2],
    ) -> [__m256; 2] {
        unsafe {
            let (scale, zero, weight_sums) = (_mm256_set1_ps(scale), _mm256_set1_ps(zero), Self::load(weight_sums));
            [
                _mm256_fmadd_ps(_mm256_fnmadd_ps(zero, weight_sums[0], sums[0]), scale, total[0]),
                _mm256_fmadd_ps(_mm256_fnmadd_ps(zero, weight_sums[1], sums[1]), scale, total[1]),
            ]
        }
    }

    #[inline(always)]
    unsafe fn store(total: [__m256; 2], out: &mut [f32; TILE]) {
        unsafe {
            _mm256_storeu_ps(out.as_mut_ptr(), total[0]);
            _mm256_storeu_ps(out.as_mut_ptr().add(8), total[1]);
        }
    }
}

/// One vector of sixteen outputs.
pub(super) struct Zmm;

// SAFETY: the methods use AVX-512 F and VNNI; loads and stores stay within the arrays they are given.
unsafe impl Lanes for Zmm {
    type Dots = __m512i;
    type Sums = __m512;

    #[inline(always)]
    unsafe fn multiply(inputs: [u8; QUAD], steps: &QuadSteps) -> __m512i {
        unsafe { Self::add(_mm512_setzero_si512(), inputs, steps) }
    }

    #[inline(always)]
    unsafe fn add(dots: __m512i, inputs: [u8; QUAD], steps: &QuadSteps) -> __m512i {
        unsafe {
            let inputs = _mm512_set1_epi32(i32::from_ne_bytes(inputs));
            _mm512_dpbusd_epi32(dots, inputs, _mm512_loadu_si512(steps.as_ptr().cast()))
        }
    }

    #[inline(always)]
    unsafe fn after<T>(dots: __m512i, place: &T) -> &T {
        unsafe { &*after_zmm(dots, place) }
    }

    #[inline(always)]
    unsafe fn load(values: &[f32; TILE]) -> __m512 {
        unsafe { _mm512_loadu_ps(values.as_ptr()) }
    }

    #[inline(always)]
    unsafe fn close_block(dots: __m512i, scales: &[f32; TILE], sums: __m512) -> __m512 {
        unsafe { _mm512_fmadd_ps(_mm512_cvtepi32_ps(dots), Self::load(scales), sums) }
    }

    #[inline(always)]
    unsafe fn close_group(
        sums: __m512,
        Scale { scale, zero }: Scale,
        weight_sums: &[f32; TILE],
        total: __m512,
    ) -> __m512 {
        unsafe {
            let centred = _mm512_fnmadd_ps(_mm512_set1_ps(zero), Self::load(weight_sums), sums);
            _mm512_fmadd_ps(centred, _mm512_set1_ps(scale), total)
        }
    }

    #[inline(always)]
    unsafe fn store(total: __m512, out: &mut [f32; TILE]) {
        unsafe { _mm512_storeu_ps(out.as_mut_ptr(), total) };
    }
}

/// The inputs beside every output, and the two halves of the steps.
#[inline(always)]
unsafe fn operands(inputs: [u8; QUAD], steps: &QuadSteps) -> (__m256i, [__m256i; 2]) {
    let steps = steps.as_ptr().cast::<__m256i>();
    // SAFETY: the caller vouches for AVX2; the steps are two vectors.
    unsafe {
        let inputs = _mm256_set1_epi32(i32::from_ne_bytes(inputs));
        (inputs, [_mm256_loadu_si256(steps), _mm256_loadu_si256(steps.add(1))])
    }
}

/// No instruction at all; see [`Lanes::after`].
#[target_feature(enable = "avx")]
#[inline]
fn after_ymm<T>([first, second]: [__m256i; 2], mut place: *const T) -> *const T {
    // SAFETY: a comment reads and writes nothing.
    unsafe {
        asm!("/* {place} {0} {1} */", in(ymm_reg) first, in(ymm_reg) second, place = inout(reg) place,
            options(pure, readonly, nostack, preserves_flags));
    }
    place
}

/// Likewise.
#[target_feature(enable = "avx512f")]
#[inline]
fn after_zmm<T>(dots: __m512i, mut place: *const T) -> *const T {
    // SAFETY: likewise.
    unsafe {
        asm!("/* {place} {0} */", in(zmm_reg) dots, place = inout(reg) place,
            options(pure, readonly, nostack, preserves_flags));
    }
    place
}
