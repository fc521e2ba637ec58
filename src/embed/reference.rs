//! candle's own forward pass: what [`super::Encoder`] is compared with, and the way to other devices.

use candle_core::{DType, Device, Tensor};
use candle_nn::VarBuilder;
use candle_transformers::models::bert::BertModel;
use candle_transformers::models::xlm_roberta::XLMRobertaModel;
use candle_transformers::models::{bert, xlm_roberta};

use crate::model::{Architecture, EncoderConfig, Manifest, ModelError, ModelSource, Weights};

/// A model of candle-transformers in f32.
pub struct Reference {
    model: Model,
}

enum Model {
    Bert(Box<BertModel>),
    XlmRoberta(Box<XLMRobertaModel>),
}

impl Reference {
    /// Loads the model of `source`.
    ///
    /// # Errors
    /// [`ModelError`] when a file is missing, damaged or contradicts another.
    pub fn load(source: &ModelSource) -> Result<Self, ModelError> {
        let config = EncoderConfig::read(source)?;
        let file = Manifest::of(source)?.weights;
        let tensors = Weights::read(source, &file)?.into_tensors()?;
        let vb = VarBuilder::from_tensors(tensors, DType::F32, &Device::Cpu);
        let model = match config.architecture {
            Architecture::Bert => BertModel::load(vb, &bert_config(&config)).map(|model| Model::Bert(Box::new(model))),
            Architecture::XlmRoberta => {
                XLMRobertaModel::new(&xlm_roberta_config(&config), vb).map(|model| Model::XlmRoberta(Box::new(model)))
            }
        };
        Ok(Self { model: model.map_err(|error| ModelError::damaged(source.label(&file), error))? })
    }

    /// Hidden states of the last layer for one sequence, `[seq, hidden] f32`.
    ///
    /// # Errors
    /// Those of candle, for instance an id beyond the vocabulary.
    pub fn hidden_states(&self, ids: &[u32]) -> candle_core::Result<Tensor> {
        let ids = Tensor::new(ids, &Device::Cpu)?.unsqueeze(0)?;
        let types = ids.zeros_like()?;
        match &self.model {
            Model::Bert(model) => model.forward(&ids, &types, None)?.squeeze(0),
            Model::XlmRoberta(model) => model.forward(&ids, &ids.ones_like()?, &types, None, None, None)?.squeeze(0),
        }
    }
}

fn bert_config(config: &EncoderConfig) -> bert::Config {
    bert::Config {
        vocab_size: config.vocabulary,
        hidden_size: config.hidden_size,
        num_hidden_layers: config.layers,
        num_attention_heads: config.heads,
        intermediate_size: config.intermediate_size,
        max_position_embeddings: config.positions,
        type_vocab_size: config.types,
        layer_norm_eps: config.layer_norm_epsilon,
        pad_token_id: config.padding_id,
        ..bert::Config::default()
    }
}

fn xlm_roberta_config(config: &EncoderConfig) -> xlm_roberta::Config {
    xlm_roberta::Config {
        hidden_size: config.hidden_size,
        layer_norm_eps: config.layer_norm_epsilon,
        attention_probs_dropout_prob: 0.0,
        hidden_dropout_prob: 0.0,
        num_attention_heads: config.heads,
        position_embedding_type: "absolute".to_owned(),
        intermediate_size: config.intermediate_size,
        hidden_act: candle_nn::Activation::Gelu,
        num_hidden_layers: config.layers,
        vocab_size: config.vocabulary,
        max_position_embeddings: config.positions,
        type_vocab_size: config.types,
        pad_token_id: u32::try_from(config.padding_id).unwrap_or(u32::MAX),
    }
}
