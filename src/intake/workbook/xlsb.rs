//! What the reader of .xlsb does not tell: merged ranges, and cells that it passes over.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::ops::RangeInclusive;

use quick_xml::events::Event;
use quick_xml::reader::Reader;
use zip::ZipArchive;

use super::super::archive::part;
use super::super::table::grid::Merge;
use super::super::xml::attribute;

/// Record types of [MS-XLSB] that matter here.
const SHEET: u32 = 156;
const MERGED: u32 = 176;
/// Cells that stand beside the one before them and do not tell their column. Excel reads them; it does not write them.
const SHORT_CELLS: RangeInclusive<u32> = 12..=18;

type Archive<'a> = ZipArchive<Cursor<&'a [u8]>>;

/// What a sheet holds besides the cells that its reader gives.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Unread {
    /// Ranges merged over rows.
    pub merges: Vec<Merge>,
    /// Cells that it passes over.
    pub cells: usize,
}

/// Of each sheet in the workbook's order; nothing of a sheet whose part cannot be had.
pub(super) fn unread(bytes: &[u8], limit: u64) -> Vec<Unread> {
    let Ok(mut archive) = ZipArchive::new(Cursor::new(bytes)) else { return Vec::new() };
    let targets = targets(&mut archive, limit);
    let workbook = part(&mut archive, "xl/workbook.bin", limit).unwrap_or_default();
    let ids = records(&workbook).filter(|(kind, _)| *kind == SHEET).map(|(_, data)| text_at(data, 8));
    let paths = ids.map(|id| targets.get(&id).cloned().unwrap_or_default());
    paths.map(|path| unread_of(&part(&mut archive, &path, limit).unwrap_or_default())).collect()
}

fn unread_of(sheet: &[u8]) -> Unread {
    let merge = |data: &[u8]| {
        let first_row = number_at(data, 0)?.checked_add(1)?;
        let last_row = number_at(data, 4)?.checked_add(1)?;
        let first_column = usize::try_from(number_at(data, 8)?).ok()?;
        (last_row > first_row).then_some(Merge { first_row, last_row, first_column })
    };
    let mut unread = Unread::default();
    for (kind, data) in records(sheet) {
        unread.cells += usize::from(SHORT_CELLS.contains(&kind));
        unread.merges.extend((kind == MERGED).then(|| merge(data)).flatten());
    }
    unread
}

/// Where the parts of sheets lie, by their ids.
fn targets(archive: &mut Archive<'_>, limit: u64) -> BTreeMap<String, String> {
    let xml = part(archive, "xl/_rels/workbook.bin.rels", limit).unwrap_or_default();
    let xml = String::from_utf8_lossy(&xml);
    let mut reader = Reader::from_str(&xml);
    let mut targets = BTreeMap::new();
    while let Ok(event) = reader.read_event() {
        match event {
            Event::Eof => break,
            Event::Start(tag) | Event::Empty(tag) => {
                if let (Some(id), Some(target)) = (attribute(&tag, "Id"), attribute(&tag, "Target")) {
                    let path = target.strip_prefix('/').map_or_else(|| format!("xl/{target}"), str::to_owned);
                    targets.insert(id, path);
                }
            }
            _ => {}
        }
    }
    targets
}

/// Kind and data of each record; both lengths take seven bits of a byte, as long as its eighth is set.
fn records(mut bytes: &[u8]) -> impl Iterator<Item = (u32, &[u8])> {
    std::iter::from_fn(move || {
        let kind = variable(&mut bytes, 2)?;
        let length = usize::try_from(variable(&mut bytes, 4)?).ok()?;
        let (data, rest) = bytes.split_at_checked(length)?;
        bytes = rest;
        Some((kind, data))
    })
}

fn variable(bytes: &mut &[u8], most: u32) -> Option<u32> {
    let mut value = 0;
    for at in 0..most {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        value |= u32::from(byte & 0x7F) << (7 * at);
        if byte & 0x80 == 0 {
            break;
        }
    }
    Some(value)
}

fn number_at(data: &[u8], at: usize) -> Option<u32> {
    data.get(at..at + 4)?.try_into().ok().map(u32::from_le_bytes)
}

/// A length in characters, then UTF-16.
fn text_at(data: &[u8], at: usize) -> String {
    let length = number_at(data, at).and_then(|length| usize::try_from(length).ok()).unwrap_or(0);
    let units = data.get(at + 4..).unwrap_or_default().chunks_exact(2).take(length);
    String::from_utf16_lossy(&units.map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect::<Vec<u16>>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_told_apart_and_a_cut_one_ends_them() {
        let numbers = |numbers: [u32; 4]| numbers.iter().flat_map(|number| number.to_le_bytes()).collect::<Vec<u8>>();
        let merged = [vec![0xB0, 0x01, 16], numbers([3, 5, 7, 7])].concat();
        let flat = [vec![0xB0, 0x01, 16], numbers([9, 9, 0, 3])].concat();
        let bytes = [vec![0x07, 0x81, 0x00, 1, 0x12, 0], merged.clone(), flat, merged[..9].to_vec()].concat();
        let merges = vec![Merge { first_row: 4, last_row: 6, first_column: 7 }];
        assert_eq!(unread_of(&bytes), Unread { merges, cells: 1 });
        assert_eq!(text_at(&[9, 2, 0, 0, 0, b'r', 0, b'1', 0], 1), "r1");
    }
}
