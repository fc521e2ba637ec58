//! A table of numbers, joined to nominations by id, title, link and unit.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use shortlister::nomination::{Nomination, NominationId};
use shortlister::programme::Programme;
use shortlister::signals::{Aliases, Sources, gather};
use shortlister_fuzz::{archive, folder, parts, watch_panics};

static PROGRAMME: LazyLock<Programme> = LazyLock::new(|| {
    Programme::load(concat!(env!("CARGO_MANIFEST_DIR"), "/programme")).expect("the programme beside the targets")
});

const UNITS: [&str; 5] = [
    "北京市朝阳区政务服务管理局",
    "朝阳区政务服务局",
    "浙江省杭州市数据资源管理局",
    "余杭区人民政府",
    "Brook Town Council",
];

fn nominations() -> Vec<Nomination> {
    let nomination = |(at, unit): (usize, &str)| Nomination {
        id: NominationId::new(format!("n{at}")),
        title: format!("案例{at}"),
        unit: unit.to_owned(),
        region: ["北京市", "吉林省长春市", ""][at % 3].to_owned(),
        ..Nomination::default()
    };
    UNITS.into_iter().enumerate().map(nomination).collect()
}

// Parts of a workbook are packed; `aliases.toml` among them is the table of names.
fuzz_target!(init: watch_panics(), |data: &[u8]| {
    let (tables, aliases): (Vec<_>, Vec<_>) = parts(data).into_iter().partition(|(name, _)| name != "aliases.toml");
    let (name, bytes) = match tables.as_slice() {
        [] => ("a.csv", data.to_vec()),
        [(_, table)] => ("a.csv", table.to_vec()),
        parts => ("a.xlsx", archive(parts)),
    };
    let dir = folder(&[(name.to_owned(), &bytes)], &[name]);
    let names = folder(&aliases, &["aliases.toml"]);
    let aliases = Aliases::load(&names.path().join("aliases.toml")).unwrap_or_default();
    let sources = Sources { files: vec![dir.path().join(name)], aliases };
    let _ = gather(&PROGRAMME.settings, &sources, &mut nominations()).map_err(|error| error.to_string());
});
