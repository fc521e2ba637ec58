//! `--model DIR`: what is understood, and what is refused with which words.

mod model_support;

use std::path::Path;

use candle_core::quantized::{GgmlDType, QTensor, gguf_file};
use candle_core::{Device, Tensor};
use model_support::{HIDDEN, LAYERS, config, shapes, tensors, tokenizer, write_folder, write_json, write_weights};
use shortlister::embed::reference::Reference;
use shortlister::embed::{Arithmetic, Encoder, EncoderOptions, Engine, Role};
use shortlister::model::{self, Manifest, ModelError, ModelSource};
use shortlister::progress::Silent;

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

fn load(folder: &Path) -> Result<Encoder, ModelError> {
    load_with(folder, Engine::F32)
}

fn load_with(folder: &Path, engine: Engine) -> Result<Encoder, ModelError> {
    let options = EncoderOptions { engine, ..EncoderOptions::default() };
    Encoder::load(&ModelSource::Folder(folder.to_owned()), options)
}

fn refused(folder: &Path) -> ModelError {
    load(folder).err().expect("the model must be refused")
}

fn vector(folder: &Path, text: &str) -> Vec<f32> {
    load(folder).unwrap().embed(&[text], Role::Passage, &Silent).unwrap().vectors.row(0).to_vec()
}

fn unit(values: Vec<f32>) -> Vec<f32> {
    let length = values.iter().map(|value| value * value).sum::<f32>().sqrt();
    values.into_iter().map(|value| value / length).collect()
}

fn assert_close(a: &[f32], b: &[f32], within: f32) {
    assert_eq!(a.len(), b.len());
    let furthest = a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    assert!(furthest <= within, "{furthest}");
}

#[test]
fn both_architectures_and_poolings_agree_with_candle() {
    for model_type in ["bert", "xlm-roberta"] {
        for pooling in ["mean", "cls"] {
            let folder = folder();
            let source = ModelSource::Folder(write_folder(folder.path(), model_type, pooling));
            // <s> ▁ 政 务 a b </s>
            let hidden = Reference::load(&source).unwrap().hidden_states(&[0, 4, 6, 7, 9, 10, 2]).unwrap();
            let pooled = if pooling == "mean" { hidden.mean(0).unwrap() } else { hidden.get(0).unwrap() };
            let expected = unit(pooled.to_vec1().unwrap());
            assert_close(&vector(folder.path(), "政务ab"), &expected, 2e-6);
        }
    }
}

#[test]
fn f32_weights_run_in_int8_too() {
    let folder = folder();
    write_folder(folder.path(), "bert", "mean");
    let encoder = load_with(folder.path(), Engine::Int8).unwrap();
    assert_eq!(encoder.arithmetic(), Arithmetic::Int8);
    let embedded = encoder.embed(&["政务ab"], Role::Passage, &Silent).unwrap();
    let exact = vector(folder.path(), "政务ab");
    let cosine: f32 = embedded.vectors.row(0).iter().zip(&exact).map(|(a, b)| a * b).sum();
    assert!((0.999..1.0).contains(&cosine), "{cosine}");
}

#[test]
fn a_model_too_narrow_for_int8_runs_in_f32_and_says_why() {
    let folder = folder();
    write_folder(folder.path(), "bert", "mean");
    let mut narrow = config("bert");
    narrow["intermediate_size"] = serde_json::json!(96);
    write_json(folder.path(), "config.json", &narrow);
    let error = load_with(folder.path(), Engine::Int8).err().unwrap().to_string();
    assert!(error.contains("config.json") && error.contains("multiple of 64"), "{error}");
    // f32 gets as far as the weights, which have another width.
    assert!(matches!(load_with(folder.path(), Engine::Auto).err().unwrap(), ModelError::Tensor { .. }));
}

#[test]
fn settings_files_of_sentence_transformers_are_used() {
    let folder = folder();
    write_folder(folder.path(), "xlm-roberta", "mean");
    write_json(folder.path(), "sentence_bert_config.json", &serde_json::json!({"max_seq_length": 10}));
    let prompts = serde_json::json!({"prompts": {"query": "a b", "document": "c"}});
    write_json(folder.path(), "config_sentence_transformers.json", &prompts);
    let encoder = load(folder.path()).unwrap();
    assert_eq!(encoder.max_tokens(), 10);
    assert_eq!(encoder.manifest().prefixes.query, "a b");
    assert_eq!(encoder.manifest().prefixes.passage, "c");
    let embedded = encoder.embed(&["办办", "办办办办办办办办办办"], Role::Passage, &Silent).unwrap();
    assert_eq!(embedded.truncated, [1]);
}

#[test]
fn without_other_settings_the_window_is_what_has_positions() {
    let folder = folder();
    write_folder(folder.path(), "bert", "mean");
    assert_eq!(load(folder.path()).unwrap().max_tokens(), 24);
    write_json(folder.path(), "config.json", &config("xlm-roberta"));
    let encoder = load(folder.path()).unwrap();
    assert_eq!(encoder.max_tokens(), 22);
    assert_eq!(encoder.embed(&["办".repeat(50).as_str()], Role::Query, &Silent).unwrap().truncated, [0]);
}

/// llama.cpp's name for a tensor.
fn gguf_name(name: &str) -> String {
    [
        ("encoder.layer.", "blk."),
        ("embeddings.word_embeddings", "token_embd"),
        ("embeddings.position_embeddings", "position_embd"),
        ("embeddings.token_type_embeddings", "token_types"),
        ("embeddings.LayerNorm", "token_embd_norm"),
        ("attention.self.query", "attn_q"),
        ("attention.self.key", "attn_k"),
        ("attention.self.value", "attn_v"),
        ("attention.output.dense", "attn_output"),
        ("attention.output.LayerNorm", "attn_output_norm"),
        ("intermediate.dense", "ffn_up"),
        ("output.dense", "ffn_down"),
        ("output.LayerNorm", "layer_output_norm"),
    ]
    .iter()
    .fold(name.to_owned(), |name, (theirs, ours)| name.replace(theirs, ours))
}

fn without_rows(tensor: &Tensor, count: usize) -> Tensor {
    let rows = tensor.to_vec2::<f32>().unwrap().split_off(count);
    Tensor::new(rows, &Device::Cpu).unwrap()
}

fn write_gguf(folder: &Path, words: GgmlDType, cut_positions: usize) {
    let tensors = tensors().into_iter().map(|(name, tensor)| {
        let dtype = if name.contains("word_embeddings") { words } else { GgmlDType::F32 };
        let tensor = if name.contains("position_embeddings") { without_rows(&tensor, cut_positions) } else { tensor };
        (gguf_name(&name), QTensor::quantize(&tensor, dtype).unwrap())
    });
    let tensors: Vec<(String, QTensor)> = tensors.collect();
    let tensors: Vec<(&str, &QTensor)> = tensors.iter().map(|(name, tensor)| (name.as_str(), tensor)).collect();
    let mut file = std::fs::File::create(folder.join("model.gguf")).unwrap();
    let architecture = gguf_file::Value::String("bert".to_owned());
    gguf_file::write(&mut file, &[("general.architecture", &architecture)], &tensors).unwrap();
}

#[test]
fn gguf_reads_as_safetensors_do() {
    for (model_type, cut_positions) in [("bert", 0), ("xlm-roberta", 0), ("xlm-roberta", 2)] {
        let (safetensors, gguf) = (folder(), folder());
        write_folder(safetensors.path(), model_type, "mean");
        write_folder(gguf.path(), model_type, "mean");
        std::fs::remove_file(gguf.path().join("model.safetensors")).unwrap();
        write_gguf(gguf.path(), GgmlDType::F32, cut_positions);
        assert_eq!(vector(safetensors.path(), "政务"), vector(gguf.path(), "政务"));
        write_gguf(gguf.path(), GgmlDType::Q8_0, cut_positions);
        assert_close(&vector(safetensors.path(), "政务"), &vector(gguf.path(), "政务"), 0.02);
        write_gguf(gguf.path(), GgmlDType::Q4_0, cut_positions);
        assert_close(&vector(safetensors.path(), "政务"), &vector(gguf.path(), "政务"), 0.2);
    }
}

#[test]
fn tensor_names_may_carry_the_model_s_name() {
    let folder = folder();
    write_folder(folder.path(), "bert", "mean");
    let plain = vector(folder.path(), "政务");
    let named = tensors().into_iter().map(|(name, tensor)| {
        let name = name.replace("LayerNorm.weight", "LayerNorm.gamma").replace("LayerNorm.bias", "LayerNorm.beta");
        (format!("bert.{name}"), tensor)
    });
    write_weights(folder.path(), &named.collect());
    assert_eq!(vector(folder.path(), "政务"), plain);
}

#[test]
fn a_folder_that_does_not_say_how_it_pools_is_refused() {
    let folder = folder();
    write_folder(folder.path(), "bert", "mean");
    std::fs::remove_dir_all(folder.path().join("1_Pooling")).unwrap();
    let error = refused(folder.path());
    assert!(matches!(error, ModelError::PoolingUnknown { .. }));
    assert!(error.to_string().contains("pooling = \"mean\""), "{error}");
    write_folder(folder.path(), "bert", "max");
    assert!(matches!(refused(folder.path()), ModelError::Unsupported { .. }));
}

#[test]
fn other_architectures_steps_and_activations_are_refused() {
    let folder = folder();
    write_folder(folder.path(), "t5", "mean");
    let error = refused(folder.path()).to_string();
    assert!(error.contains("`t5`") && error.contains("config.json"), "{error}");
    let mut relu = config("bert");
    relu["hidden_act"] = "relu".into();
    write_json(folder.path(), "config.json", &relu);
    assert!(refused(folder.path()).to_string().contains("hidden_act"));
    write_json(folder.path(), "config.json", &config("bert"));
    let modules = serde_json::json!([{"type": "sentence_transformers.models.Transformer"},
                                     {"type": "sentence_transformers.models.Dense"}]);
    write_json(folder.path(), "modules.json", &modules);
    assert!(refused(folder.path()).to_string().contains("`Dense`"));
}

#[test]
fn missing_files_are_named() {
    for file in ["config.json", "tokenizer.json", "model.safetensors"] {
        let folder = folder();
        write_folder(folder.path(), "bert", "mean");
        std::fs::remove_file(folder.path().join(file)).unwrap();
        let error = refused(folder.path());
        assert!(matches!(error, ModelError::MissingFile { .. }), "{error}");
        assert!(error.to_string().contains(file), "{error}");
    }
}

#[test]
fn files_cut_short_or_mislabelled_are_refused_at_every_length() {
    let folder = folder();
    write_folder(folder.path(), "bert", "mean");
    let whole = std::fs::read(folder.path().join("model.safetensors")).unwrap();
    for length in [0, 3, 8, 100, whole.len() / 2, whole.len() - 1] {
        std::fs::write(folder.path().join("model.safetensors"), &whole[..length]).unwrap();
        let error = refused(folder.path());
        assert!(matches!(error, ModelError::Damaged { .. }), "{length}: {error}");
        assert!(error.to_string().contains("model.safetensors"), "{error}");
    }
    std::fs::remove_file(folder.path().join("model.safetensors")).unwrap();
    std::fs::write(folder.path().join("model.gguf"), &whole).unwrap();
    assert!(matches!(refused(folder.path()), ModelError::Damaged { .. }));
    for words in [GgmlDType::F32, GgmlDType::Q4_0] {
        write_gguf(folder.path(), words, 0);
        let whole = std::fs::read(folder.path().join("model.gguf")).unwrap();
        for length in [4, 20, 1000, whole.len() / 2, whole.len() - 64] {
            std::fs::write(folder.path().join("model.gguf"), &whole[..length]).unwrap();
            assert!(matches!(refused(folder.path()), ModelError::Damaged { .. }), "{length}");
        }
    }
}

#[test]
fn wrong_weights_are_named() {
    let folder = folder();
    write_folder(folder.path(), "bert", "mean");
    for (name, shape) in shapes() {
        let mut incomplete = tensors();
        incomplete.remove(&name);
        write_weights(folder.path(), &incomplete);
        let error = refused(folder.path()).to_string();
        assert!(error.contains(&name) && error.contains("is missing"), "{error}");

        let mut broken = tensors();
        let mut values = vec![0.5; shape.iter().product()];
        values[0] = f32::NAN;
        broken.insert(name.clone(), Tensor::from_vec(values, shape, &Device::Cpu).unwrap());
        write_weights(folder.path(), &broken);
        let error = refused(folder.path()).to_string();
        assert!(error.contains(&name) && error.contains("NaN"), "{error}");
    }
    let mut narrow = tensors();
    let name = "encoder.layer.1.output.dense.bias";
    narrow.insert(name.to_owned(), Tensor::zeros(HIDDEN - 1, candle_core::DType::F32, &Device::Cpu).unwrap());
    write_weights(folder.path(), &narrow);
    let error = refused(folder.path()).to_string();
    assert!(error.contains(name) && error.contains("[63]") && error.contains("[64]"), "{error}");
}

#[test]
fn a_tokenizer_of_another_model_is_refused() {
    let folder = folder();
    write_folder(folder.path(), "bert", "mean");
    let mut larger = tokenizer();
    larger["model"]["vocab"].as_array_mut().unwrap().push(serde_json::json!(["x", -1.0]));
    write_json(folder.path(), "tokenizer.json", &larger);
    let error = refused(folder.path()).to_string();
    assert!(error.contains("13 pieces") && error.contains("12 rows"), "{error}");
    std::fs::write(folder.path().join("tokenizer.json"), "{").unwrap();
    assert!(matches!(refused(folder.path()), ModelError::Damaged { .. }));
}

fn manifest() -> Manifest {
    let text = format!(
        "name = \"tiny\"\nrevision = \"1\"\nlicence = \"MIT\"\narchitecture = \"bert\"\nweights = \"model.safetensors\"\n\
         dimension = {HIDDEN}\nlayers = {LAYERS}\nmax_tokens = 24\npooling = \"mean\"\nnormalize = true\n"
    );
    Manifest::parse(&text, "manifest.toml").unwrap()
}

#[test]
fn a_manifest_must_agree_with_the_files_and_be_spelled_right() {
    let folder = folder();
    write_folder(folder.path(), "bert", "cls");
    let write = |text: &str| std::fs::write(folder.path().join("manifest.toml"), text).unwrap();
    write(&manifest().to_toml());
    assert_eq!(Manifest::parse(&manifest().to_toml(), "").unwrap(), manifest());
    assert_eq!(load(folder.path()).unwrap().manifest(), &manifest());
    for wrong in [
        Manifest { dimension: 384, ..manifest() },
        Manifest { layers: 3, ..manifest() },
        Manifest { max_tokens: 25, ..manifest() },
        Manifest { architecture: model::Architecture::XlmRoberta, ..manifest() },
    ] {
        write(&wrong.to_toml());
        assert!(matches!(refused(folder.path()), ModelError::Settings { .. }));
    }
    write(&manifest().to_toml().replace("pooling", "poling"));
    assert!(refused(folder.path()).to_string().contains("poling"));
    write(&manifest().to_toml().replace("normalize = true", "normalize = false"));
    assert!(refused(folder.path()).to_string().contains("normalize = false"));
}

#[test]
fn a_window_without_room_and_a_text_without_tokens_are_refused() {
    let folder = folder();
    write_folder(folder.path(), "bert", "cls");
    let write = |manifest: Manifest| std::fs::write(folder.path().join("manifest.toml"), manifest.to_toml()).unwrap();
    for max_tokens in [0, 2] {
        write(Manifest { max_tokens, ..manifest() });
        assert!(refused(folder.path()).to_string().contains("no room"));
    }
    write(Manifest { pooling: model::Pooling::Cls, ..manifest() });
    let mut bare = tokenizer();
    bare["post_processor"] = serde_json::Value::Null;
    write_json(folder.path(), "tokenizer.json", &bare);
    let error = load(folder.path()).unwrap().embed(&["政", ""], Role::Query, &Silent).unwrap_err();
    assert!(error.to_string().contains("text 1"), "{error}");
}

#[test]
fn verify_finds_a_changed_byte() {
    let folder = folder();
    let source = ModelSource::Folder(write_folder(folder.path(), "bert", "mean"));
    let unrecorded = model::verify(&source).unwrap();
    assert!(unrecorded.iter().all(|file| !file.recorded));
    let fingerprint = model::fingerprint(&source).unwrap();
    let mut recorded = manifest();
    recorded.files = unrecorded.iter().map(|file| (file.file.clone(), file.sha256.clone())).collect();
    std::fs::write(folder.path().join("manifest.toml"), recorded.to_toml()).unwrap();
    assert!(model::verify(&source).unwrap().iter().all(|file| file.recorded));

    let path = folder.path().join("model.safetensors");
    let mut bytes = std::fs::read(&path).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    std::fs::write(&path, bytes).unwrap();
    let error = model::verify(&source).unwrap_err();
    assert!(matches!(error, ModelError::Checksum { .. }), "{error}");
    assert!(error.to_string().contains("model.safetensors"), "{error}");
    assert_ne!(model::fingerprint(&source).unwrap(), fingerprint);
}

#[test]
fn a_zero_vector_is_an_error_not_a_result() {
    let folder = folder();
    write_folder(folder.path(), "bert", "mean");
    let mut flat = tensors();
    for part in ["weight", "bias"] {
        let zeros = Tensor::zeros(HIDDEN, candle_core::DType::F32, &Device::Cpu).unwrap();
        flat.insert(format!("encoder.layer.{}.output.LayerNorm.{part}", LAYERS - 1), zeros);
    }
    write_weights(folder.path(), &flat);
    let error = load(folder.path()).unwrap().embed(&["政", "务"], Role::Query, &Silent).unwrap_err();
    assert!(error.to_string().contains("text 0"), "{error}");
}

/// A copy of the embedded model in a folder.
#[cfg(feature = "embedded-model")]
fn copy_of_the_embedded_model(folder: &Path) -> ModelSource {
    for file in
        ["manifest.toml", "config.json", "tokenizer.json", "tokenizer.safetensors", "weights.gguf", "centre.txt"]
    {
        std::fs::write(folder.join(file), ModelSource::Embedded.read(file).unwrap()).unwrap();
    }
    ModelSource::Folder(folder.to_owned())
}

#[test]
#[cfg(feature = "embedded-model")]
fn a_prepared_tokenizer_of_another_tokenizer_json_or_a_damaged_one_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let source = copy_of_the_embedded_model(folder.path());
    let error = || Encoder::load(&source, EncoderOptions::default()).err().map(|error| error.to_string());
    assert_eq!(error(), None);
    let (json, prepared) = (folder.path().join("tokenizer.json"), folder.path().join("tokenizer.safetensors"));
    let whole = std::fs::read(&prepared).unwrap();
    std::fs::write(&prepared, &whole[..whole.len() / 2]).unwrap();
    assert!(error().unwrap().contains("tokenizer.safetensors"));
    std::fs::write(&prepared, &whole).unwrap();
    std::fs::write(&json, std::fs::read_to_string(&json).unwrap() + "\n").unwrap();
    let problem = error().unwrap();
    assert!(problem.contains("another tokenizer.json"), "{problem}");
}
