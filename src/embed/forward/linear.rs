//! Products with weights, in the arithmetic of the engine.

use super::f32::{F32Linear, Gemm};
use super::int8::{Int8Linear, Kernel, QuantizedRows};
use crate::embed::Arithmetic;
use crate::model::{ModelError, Weights, values};

/// `[inputs, outputs]` weights and their bias, `[outputs]`.
pub enum Linear {
    F32(F32Linear),
    Int8(Int8Linear),
}

/// What one thread needs for [`Linear::product`].
pub struct Products {
    gemm: Gemm,
    kernel: Kernel,
    rows: QuantizedRows,
}

impl Default for Products {
    fn default() -> Self {
        Self { gemm: Gemm::default(), kernel: Kernel::best(), rows: QuantizedRows::default() }
    }
}

impl Linear {
    /// The layers `names`, each `[outputs, inputs]` in the file, side by side.
    ///
    /// # Errors
    /// [`ModelError::Tensor`] when one is missing or has another shape.
    pub fn load(
        arithmetic: Arithmetic,
        weights: &Weights,
        names: &[String],
        inputs: usize,
        outputs: usize,
    ) -> Result<Self, ModelError> {
        let (mut tables, mut bias) = (Vec::with_capacity(names.len()), Vec::with_capacity(names.len() * outputs));
        for name in names {
            tables.push(weights.table(&format!("{name}.weight"), outputs, inputs)?);
            bias.extend(values(&weights.get(&format!("{name}.bias"), &[outputs])?));
        }
        Ok(match arithmetic {
            Arithmetic::F32 => {
                Self::F32(F32Linear::new(&tables.iter().flat_map(|t| t.to_vec()).collect::<Vec<_>>(), bias))
            }
            Arithmetic::Int8 => Self::Int8(Int8Linear::new(&tables, &bias)),
        })
    }

    /// `out = input * weight + bias`; `[rows, inputs]` to `[rows, outputs]`.
    pub fn product(&self, products: &mut Products, input: &[f32], out: &mut Vec<f32>) {
        match self {
            Self::F32(linear) => linear.product(&products.gemm, input, out),
            Self::Int8(linear) => {
                let [inputs, _] = linear.shape();
                products.rows.quantize(input, inputs);
                linear.product(products.kernel, &products.rows, out);
            }
        }
    }
}
