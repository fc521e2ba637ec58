//! The model inside the executable.
#![cfg(feature = "embedded-model")]

use std::io::Cursor;
use std::path::Path;

use candle_core::quantized::GgmlDType;
use candle_core::quantized::gguf_file::Content;
use shortlister::model::{self, ModelError, ModelSource, Place};

#[test]
fn it_is_the_one_in_the_repository_and_every_checksum_holds() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("models/multilingual-e5-small");
    let files = model::verify(&ModelSource::Embedded).unwrap();
    let in_folder = model::verify(&ModelSource::Folder(folder.clone())).unwrap();
    assert_eq!(files, in_folder);
    assert!(files.len() == 5 && files.iter().all(|file| file.recorded), "{files:?}");
    let sizes = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().metadata().unwrap().len());
    assert!(sizes.sum::<u64>() <= 50_000_000);
    let fingerprint = model::fingerprint(&ModelSource::Embedded).unwrap();
    assert_eq!(fingerprint.len(), 64);
}

#[test]
fn candle_reads_its_gguf() {
    let bytes = ModelSource::Embedded.read("weights.gguf").unwrap();
    let content = Content::read(&mut Cursor::new(&bytes)).unwrap();
    assert_eq!(content.metadata["general.architecture"].to_string().unwrap(), "bert");
    assert_eq!(content.metadata["bert.embedding_length"].to_u32().unwrap(), 384);
    assert_eq!(content.tensor_infos.len(), 5 + 12 * 16);
    let words = &content.tensor_infos["token_embd.weight"];
    assert_eq!((words.ggml_dtype, words.shape.dims()), (GgmlDType::Q4_0, [131_708, 384].as_slice()));
    assert_eq!(content.tensor_infos["blk.11.ffn_up.weight"].shape.dims(), [1536, 384]);
    assert_eq!(content.tensor_infos["position_embd.weight"].ggml_dtype, GgmlDType::F32);
}

#[test]
fn it_is_found_without_a_name_and_by_name_and_listed_first() {
    assert_eq!(model::locate(None).unwrap(), ModelSource::Embedded);
    assert_eq!(model::locate(Some("multilingual-e5-small")).unwrap(), ModelSource::Embedded);
    let listed = model::list().unwrap();
    assert_eq!((listed[0].name.as_str(), &listed[0].place), ("multilingual-e5-small", &Place::Embedded));
    assert!(listed.iter().any(|model| model.name == "bge-small-zh-v1.5"));
}

#[test]
fn folders_are_found_and_other_names_answered() {
    let folder = tempfile::tempdir().unwrap();
    let found = model::locate(folder.path().to_str()).unwrap();
    assert_eq!(found, ModelSource::Folder(folder.path().to_owned()));
    let error = model::locate(Some("no-such-model")).unwrap_err().to_string();
    assert!(error.contains("no-such-model") && error.contains("multilingual-e5-small"), "{error}");
    match model::locate(Some("multilingual-e5-base")) {
        Err(error @ ModelError::NotPulled { .. }) => {
            assert!(error.to_string().contains("shortlister model pull multilingual-e5-base"));
        }
        Ok(ModelSource::Folder(_)) => {} // a person who runs the tests has pulled it
        other => panic!("{other:?}"),
    }
}
