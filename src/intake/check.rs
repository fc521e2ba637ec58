//! What was made of each table, for `check`: a person sees at a glance whether the columns were understood.

use serde::Serialize;

use super::headers::{Basis, Field};

/// One table or form, with the field each of its columns or labels fills.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TableMapping {
    /// Path of the file.
    pub file: String,
    /// Worksheet, in workbooks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
    /// Row of the header (the lower one of two); none for a form of labels and values.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub header_row: Option<u32>,
    /// Columns from left to right, or labels from top to bottom.
    pub columns: Vec<ColumnMapping>,
}

/// One column or label.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ColumnMapping {
    /// As it stands in the file.
    pub header: String,
    /// What it was taken for.
    pub field: Field,
    /// Why.
    pub basis: Basis,
}
