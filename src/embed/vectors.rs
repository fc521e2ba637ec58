//! Vectors in memory and on disk.

use std::io::{BufWriter, Write};
use std::path::Path;

use super::EmbedError;

/// Unit vectors, `[len, dim] f32`, row-major.
#[derive(Debug, Clone, PartialEq)]
pub struct Vectors {
    dim: usize,
    data: Vec<f32>,
}

impl Vectors {
    /// Takes `data`, `[len, dim]` row-major.
    ///
    /// # Panics
    /// When `data` is not a whole number of rows.
    pub fn new(dim: usize, data: Vec<f32>) -> Self {
        assert!(dim > 0 && data.len().is_multiple_of(dim), "{} values are no rows of {dim}", data.len());
        Self { dim, data }
    }

    /// Length of a row.
    pub fn dim(&self) -> usize {
        self.dim
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.data.len() / self.dim
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.data.is_empty()
    }

    /// Row `index`, `[dim]`.
    pub fn row(&self, index: usize) -> &[f32] {
        &self.data[index * self.dim..(index + 1) * self.dim]
    }

    /// All rows in order.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = &[f32]> {
        self.data.chunks_exact(self.dim)
    }

    /// All values, `[len, dim]` row-major.
    pub fn as_slice(&self) -> &[f32] {
        &self.data
    }
}

/// Writes `vectors` as NumPy reads them: format 1.0, `<f4`, C order, shape `(len, dim)`. The file appears whole or
/// not at all.
///
/// # Errors
/// [`EmbedError::Write`] when the folder cannot be written.
pub fn write_npy(path: &Path, vectors: &Vectors) -> Result<(), EmbedError> {
    let write = || -> std::io::Result<()> {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        let mut out = BufWriter::new(file.as_file_mut());
        out.write_all(&npy_header(vectors.len(), vectors.dim()))?;
        for value in vectors.as_slice() {
            out.write_all(&value.to_le_bytes())?;
        }
        out.flush()?;
        drop(out);
        file.persist(path).map(|_| ()).map_err(|error| error.error)
    };
    write().map_err(|cause| EmbedError::Write { path: path.to_owned(), cause })
}

/// <https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html>: the header ends at a multiple of 64.
fn npy_header(rows: usize, columns: usize) -> Vec<u8> {
    const MAGIC: &[u8] = b"\x93NUMPY\x01\x00";
    let mut dict = format!("{{'descr': '<f4', 'fortran_order': False, 'shape': ({rows}, {columns}), }}");
    let fixed = MAGIC.len() + 2;
    let length = (fixed + dict.len() + 1).next_multiple_of(64) - fixed;
    while dict.len() + 1 < length {
        dict.push(' ');
    }
    dict.push('\n');
    let length = u16::try_from(length).expect("the header holds two numbers");
    [MAGIC, &length.to_le_bytes(), dict.as_bytes()].concat()
}
