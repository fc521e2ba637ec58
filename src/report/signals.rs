//! The numbers that came along: `signals.csv`, whose every row is, and what they gave one nomination.

use serde::{Deserialize, Serialize};

use super::csv::table;
use super::record::rounded;
use super::{ReportError, SIGNALS_FILE};
use crate::programme::Programme;
use crate::score::{Assessment, SignalScore};
use crate::signals::{Fate, Gathered, JoinedRow};

/// The columns of `signals.csv`; the same in every language, because scripts read them.
const COLUMNS: [&str; 9] = ["file", "sheet", "row", "given", "outcome", "how", "nominations", "values", "remark"];

/// The signals of one nomination in `ranking.jsonl`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SignalRecords {
    /// Share of the relevance that the text has, 0.5 to 1; the criteria divide it by their weights. 4 decimals.
    pub text_share: f64,
    /// Those that came, in the programme's order.
    pub values: Vec<SignalRecord>,
    /// Ids of those that did not; their weight went to the others and to the text.
    pub missing: Vec<String>,
}

/// One signal of a nomination.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SignalRecord {
    /// Id of the signal.
    pub id: String,
    /// As it came.
    pub raw: f64,
    /// 0 to 100, 2 decimals.
    pub scaled: f64,
    /// Share of the relevance, 4 decimals.
    pub share: f64,
    /// Points of relevance, 2 decimals.
    pub contribution: f64,
}

impl SignalRecords {
    /// Those of `assessment`; none where the programme looks at none.
    pub(super) fn of(assessment: &Assessment, programme: &Programme) -> Option<Self> {
        let signals = &programme.settings.signals;
        let record = |score: &SignalScore| SignalRecord {
            id: signals[score.signal.0].id.clone(),
            raw: score.raw,
            scaled: rounded::<2>(score.scaled),
            share: rounded::<4>(score.share),
            contribution: rounded::<2>(score.contribution()),
        };
        let came = |index: usize| assessment.signals.iter().any(|score| score.signal.0 == index);
        let missing = signals.iter().enumerate().filter(|(index, _)| !came(*index));
        (!signals.is_empty()).then(|| Self {
            text_share: rounded::<4>(1.0 - assessment.signals.iter().map(|score| score.share).sum::<f32>()),
            values: assessment.signals.iter().map(record).collect(),
            missing: missing.map(|(_, signal)| signal.id.clone()).collect(),
        })
    }
}

/// Every row with what became of it, then every nomination that lacks a signal.
pub(super) fn render(gathered: &Gathered) -> Result<Vec<u8>, ReportError> {
    let missing = gathered.missing.iter().map(|(id, signals)| {
        let mut cells = vec![String::new(); COLUMNS.len()];
        cells[4] = "missing".to_owned();
        cells[6] = id.to_string();
        cells[8] = signals.join(", ");
        cells
    });
    table(SIGNALS_FILE, &COLUMNS, gathered.rows.iter().map(row).chain(missing))
}

fn row(row: &JoinedRow) -> Vec<String> {
    let (how, ids) = match &row.fate {
        Fate::Joined(how, ids) => (how.as_str(), ids.as_slice()),
        Fate::Ambiguous(ids) => ("", ids.as_slice()),
        Fate::Contradicts(id) => ("", std::slice::from_ref(id)),
        Fate::Unknown | Fate::Unusable => ("", &[][..]),
    };
    let values = row.values.iter().map(|(id, value)| format!("{id}={value}")).collect::<Vec<_>>().join("; ");
    vec![
        row.source.file.clone(),
        row.source.sheet.clone().unwrap_or_default(),
        row.source.row.map(|row| row.to_string()).unwrap_or_default(),
        row.given.clone(),
        row.fate.as_str().to_owned(),
        how.to_owned(),
        ids.iter().map(|id| id.as_str()).collect::<Vec<_>>().join("; "),
        values,
        row.remarks.join("; "),
    ]
}
