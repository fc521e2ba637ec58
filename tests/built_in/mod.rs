//! The built-in programme and model, loaded once for the tests of a file.

use std::sync::LazyLock;

use shortlister::embed::{Encoder, EncoderOptions};
use shortlister::pipeline::Assessor;
use shortlister::programme::{DEFAULT_PROGRAMME, Programme};
use shortlister::progress::Silent;

pub static PROGRAMME: LazyLock<Programme> =
    LazyLock::new(|| Programme::load(DEFAULT_PROGRAMME).expect("it is built in"));

pub static ENCODER: LazyLock<Encoder> = LazyLock::new(|| {
    let source = shortlister::model::locate(None).expect("the embedded model");
    Encoder::load(&source, EncoderOptions::default()).expect("the embedded model loads")
});

pub static ASSESSOR: LazyLock<Assessor<'static>> =
    LazyLock::new(|| Assessor::new(&PROGRAMME, &ENCODER, 0, &Silent).expect("the programme is embedded"));
