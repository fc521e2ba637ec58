//! Vectors in memory and on disk.

use std::io::{BufWriter, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::EmbedError;

/// Two multiples of 64, which hold any two numbers.
const NPY_HEADER_BYTES: usize = 128;

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

/// Writes `vectors` as NumPy reads them. The file appears whole or not at all.
///
/// # Errors
/// [`EmbedError::Write`] when the folder cannot be written.
pub fn write_npy(path: &Path, vectors: &Vectors) -> Result<(), EmbedError> {
    let mut writer = NpyWriter::create(path, vectors.dim())?;
    writer.append(vectors)?;
    writer.finish().map(|_| ())
}

/// Writes vectors as NumPy reads them, part by part: format 1.0, `<f4`, C order, shape `(rows, dim)`. The file appears
/// whole, at the end, or not at all.
pub struct NpyWriter {
    path: PathBuf,
    out: BufWriter<NamedTempFile>,
    dim: usize,
    rows: usize,
}

impl NpyWriter {
    /// Begins the file `path` with rows of `dim` values.
    ///
    /// # Errors
    /// [`EmbedError::Write`] when the folder cannot be written.
    pub fn create(path: &Path, dim: usize) -> Result<Self, EmbedError> {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let failed = |cause| EmbedError::Write { path: path.to_owned(), cause };
        let mut out = BufWriter::new(NamedTempFile::new_in(folder).map_err(failed)?);
        out.write_all(&npy_header(0, dim)).map_err(failed)?;
        Ok(Self { path: path.to_owned(), out, dim, rows: 0 })
    }

    /// Adds the rows of `vectors`.
    ///
    /// # Errors
    /// [`EmbedError::Write`].
    ///
    /// # Panics
    /// When they have another length.
    pub fn append(&mut self, vectors: &Vectors) -> Result<(), EmbedError> {
        assert_eq!(vectors.dim(), self.dim, "rows of one length");
        self.rows += vectors.len();
        let mut write = || vectors.as_slice().iter().try_for_each(|value| self.out.write_all(&value.to_le_bytes()));
        write().map_err(|cause| EmbedError::Write { path: self.path.clone(), cause })
    }

    /// Writes the number of rows into the header, puts the file in its place and gives that number.
    ///
    /// # Errors
    /// [`EmbedError::Write`].
    pub fn finish(mut self) -> Result<usize, EmbedError> {
        let mut write = || -> std::io::Result<()> {
            self.out.seek(SeekFrom::Start(0))?;
            self.out.write_all(&npy_header(self.rows, self.dim))?;
            self.out.flush()
        };
        let failed = |cause| EmbedError::Write { path: self.path.clone(), cause };
        write().map_err(failed)?;
        let file = self.out.into_inner().map_err(|error| failed(error.into_error()))?;
        file.persist(&self.path).map_err(|error| failed(error.error))?;
        Ok(self.rows)
    }
}

/// <https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html>: the header ends at a multiple of 64. Any
/// number of rows has room in it, so that it can be written anew when the number is known.
fn npy_header(rows: usize, columns: usize) -> Vec<u8> {
    const MAGIC: &[u8] = b"\x93NUMPY\x01\x00";
    let mut dict = format!("{{'descr': '<f4', 'fortran_order': False, 'shape': ({rows}, {columns}), }}");
    let fixed = MAGIC.len() + 2;
    let length = (fixed + dict.len() + 1).next_multiple_of(NPY_HEADER_BYTES) - fixed;
    while dict.len() + 1 < length {
        dict.push(' ');
    }
    dict.push('\n');
    let length = u16::try_from(length).expect("the header holds two numbers");
    [MAGIC, &length.to_le_bytes(), dict.as_bytes()].concat()
}
