//! Small files that people write: a panel, a mapping of headers, other names of units, a model's manifest, names of
//! categories.

#![no_main]

use std::path::Path;

use libfuzzer_sys::fuzz_target;
use shortlister::intake::Mapping;
use shortlister::model::Manifest;
use shortlister::programme::Programme;
use shortlister::review::Panel;
use shortlister::signals::Aliases;
use shortlister_fuzz::{folder, watch_panics};

const NAME: &str = "a.toml";

fuzz_target!(init: watch_panics(), |data: &[u8]| {
    let dir = folder(&[(NAME.to_owned(), data)], &[NAME]);
    let path = dir.path().join(NAME);
    let _ = Panel::load(&path, &["one".to_owned(), "two".to_owned()], &["three".to_owned()]).map_err(|error| error.to_string());
    let _ = Mapping::load(&path).map_err(|error| error.to_string());
    let _ = Aliases::load(&path).map(|aliases| aliases.resolve("杭州市江干区数据局").into_owned());
    let Ok(text) = std::str::from_utf8(data) else { return };
    let _ = Manifest::parse(text, NAME).map(|manifest| manifest.to_toml());
    let _ = Programme::from_category_names(Path::new("a.json"), text).map_err(|error| error.to_string());
});
