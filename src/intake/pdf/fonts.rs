//! Characters of embedded fonts that say nothing about them but the name of a predefined CMap.

use std::collections::BTreeMap;

use hayro_interpret::font::Glyph;
use hayro_interpret::hayro_cmap::{BfString, CMap, CMapName, CidFamily, load_embedded};
use hayro_interpret::hayro_syntax::Pdf;
use hayro_interpret::hayro_syntax::object::{Array, Dict, Name, Object, String as PdfString};

/// For each font without a ToUnicode table, by its name: from character code to CID, and from CID to Unicode.
///
/// The interpreter does the same by itself where the font is not embedded. Without the font of a glyph at hand, its
/// name has to do; where two fonts of one name differ, neither is used.
#[derive(Default)]
pub(super) struct CodeMaps {
    by_name: BTreeMap<String, Option<(Vec<u8>, CodeMap)>>,
}

struct CodeMap {
    to_cid: CMap,
    to_unicode: CMap,
}

impl CodeMaps {
    pub fn of(pdf: &Pdf) -> Self {
        let mut maps = Self::default();
        for object in pdf.objects() {
            let Object::Dict(font) = object else { continue };
            let is_composite = font.get::<Name<'_>>("Subtype").is_some_and(|kind| kind.as_ref() == b"Type0");
            if is_composite && !font.contains_key("ToUnicode") {
                maps.add(&font);
            }
        }
        maps
    }

    fn add(&mut self, font: &Dict<'_>) {
        let (Some(name), Some(encoding)) = (font.get::<Name<'_>>("BaseFont"), font.get::<Name<'_>>("Encoding")) else {
            return;
        };
        let Some(map) = CodeMap::of(font, encoding.as_ref()) else { return };
        let name = without_subset_prefix(&String::from_utf8_lossy(name.as_ref())).to_owned();
        let encoding = encoding.as_ref().to_vec();
        let entry = self.by_name.entry(name).or_insert_with(|| Some((encoding.clone(), map)));
        if entry.as_ref().is_some_and(|(known, _)| *known != encoding) {
            *entry = None;
        }
    }

    /// The character of a glyph, if the CMap of its font tells.
    pub fn lookup(&self, glyph: &Glyph<'_>) -> Option<BfString> {
        let Glyph::Outline(outline) = glyph else { return None };
        if self.by_name.is_empty() {
            return None;
        }
        let name = outline.font_data()?.postscript_name?;
        let (_, map) = self.by_name.get(without_subset_prefix(&name))?.as_ref()?;
        map.lookup(outline.char_code())
    }
}

impl CodeMap {
    fn of(font: &Dict<'_>, encoding: &[u8]) -> Option<Self> {
        let to_cid = predefined(CMapName::from_bytes(encoding))?;
        let declared = || {
            let descendant = font.get::<Array<'_>>("DescendantFonts")?.iter::<Dict<'_>>().next()?;
            let info = descendant.get::<Dict<'_>>("CIDSystemInfo")?;
            let (registry, ordering) = (info.get::<PdfString<'_>>("Registry")?, info.get::<PdfString<'_>>("Ordering")?);
            Some(CidFamily::from_registry_ordering(registry.as_ref(), ordering.as_ref()))
        };
        let of_map = to_cid.metadata().character_collection.as_ref().map(|collection| collection.family.clone());
        // Identity-H has no collection of its own; then the font's counts.
        let family = of_map.filter(|family| family.ucs2_cmap().is_some()).or_else(declared)?;
        Some(Self { to_cid, to_unicode: predefined(family.ucs2_cmap()?)? })
    }

    fn lookup(&self, code: u32) -> Option<BfString> {
        let cid = (1..=4).find_map(|bytes| self.to_cid.lookup_cid_code(code, bytes))?;
        self.to_unicode.lookup_bf_string(cid)
    }
}

fn predefined(name: CMapName<'_>) -> Option<CMap> {
    match name.to_bytes() {
        b"Identity-H" => Some(CMap::identity_h()),
        b"Identity-V" => Some(CMap::identity_v()),
        _ => CMap::parse(load_embedded(name)?, load_embedded),
    }
}

/// `ABCDEF+FangSong` is a subset of FangSong.
fn without_subset_prefix(name: &str) -> &str {
    match name.split_once('+') {
        Some((prefix, rest)) if prefix.len() == 6 && prefix.bytes().all(|byte| byte.is_ascii_uppercase()) => rest,
        _ => name,
    }
}
