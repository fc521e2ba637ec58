//! The model that travels inside the executable.

/// Name of the model under `models/` that the feature `embedded-model` carries.
pub const NAME: &str = "multilingual-e5-small";

#[cfg(feature = "embedded-model")]
mod bytes {
    macro_rules! carried {
        ($($file:literal),* $(,)?) => {
            [$((
                $file,
                include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/models/multilingual-e5-small/", $file)).as_slice(),
            )),*]
        };
    }

    pub(super) static FILES: [(&str, &[u8]); 6] = carried![
        "manifest.toml",
        "config.json",
        "tokenizer.json",
        "tokenizer.safetensors",
        "weights.gguf",
        "centre.txt",
    ];
}

#[cfg(not(feature = "embedded-model"))]
mod bytes {
    pub(super) static FILES: [(&str, &[u8]); 0] = [];
}

/// Whether this build carries a model.
pub fn available() -> bool {
    !bytes::FILES.is_empty()
}

pub(super) fn file(name: &str) -> Option<&'static [u8]> {
    bytes::FILES.iter().find(|(file, _)| *file == name).map(|(_, bytes)| *bytes)
}
