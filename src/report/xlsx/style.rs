//! How cells look.

use rust_xlsxwriter::{Color, Format, FormatAlign, FormatBorder};

const INK: Color = Color::RGB(0x1F_2A_37);
const RULE: Color = Color::RGB(0xD5_DB_E3);
const HEADER_FILL: Color = Color::RGB(0x1F_3F_66);
const EXPERT_FILL: Color = Color::RGB(0x7A_4E_12);
const EXPERT_PAPER: Color = Color::RGB(0xFF_F9_EA);
const MUTED: Color = Color::RGB(0x5B_67_78);

/// Fill of the data bars.
pub(crate) const BAR: Color = Color::RGB(0xC9_DA_EE);
/// High end of the criteria's colour scale; the low end is white.
pub(crate) const SCALE: Color = Color::RGB(0xB9_DC_CB);
/// Tabs: the overview, the lists of suggested cases, the rest.
pub(crate) const TABS: [Color; 3] = [HEADER_FILL, Color::RGB(0x3E_7C_B1), Color::RGB(0xA0_A8_B4)];

/// How the cells of a column are set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Look {
    /// Wrapped text, left.
    Text,
    /// The same, bold.
    Strong,
    /// The same, small and grey.
    Quiet,
    /// Centred short text or whole number.
    Centre,
    /// Centred figure with one decimal.
    Figure,
    /// To be filled in by an expert, centred.
    Expert,
    /// To be filled in by an expert, wrapped text.
    ExpertText,
}

/// The formats of one workbook.
pub(crate) struct Styles {
    font: &'static str,
}

impl Styles {
    pub fn new(font: &'static str) -> Self {
        Self { font }
    }

    pub fn base(&self) -> Format {
        Format::new().set_font_name(self.font).set_font_size(10).set_font_color(INK)
    }

    pub fn cell(&self, look: Look) -> Format {
        let wrapped = || self.bordered().set_text_wrap().set_align(FormatAlign::VerticalCenter);
        let centred = || self.bordered().set_align(FormatAlign::Center).set_align(FormatAlign::VerticalCenter);
        match look {
            Look::Text => wrapped(),
            Look::Strong => wrapped().set_bold(),
            Look::Quiet => wrapped().set_font_size(9).set_font_color(MUTED),
            Look::Centre => centred().set_text_wrap(),
            Look::Figure => centred().set_num_format("0.0"),
            Look::Expert => centred().set_background_color(EXPERT_PAPER).set_unlocked(),
            Look::ExpertText => wrapped().set_background_color(EXPERT_PAPER).set_unlocked(),
        }
    }

    /// A cell of the overview, set in from the rule.
    pub fn roomy(&self, look: Look) -> Format {
        let cell = self.cell(look);
        if matches!(look, Look::Centre | Look::Figure) { cell } else { cell.set_indent(1) }
    }

    pub fn header(&self, look: Look) -> Format {
        let fill = if matches!(look, Look::Expert | Look::ExpertText) { EXPERT_FILL } else { HEADER_FILL };
        self.bordered()
            .set_bold()
            .set_font_color(Color::White)
            .set_background_color(fill)
            .set_text_wrap()
            .set_align(FormatAlign::Center)
            .set_align(FormatAlign::VerticalCenter)
    }

    pub fn title(&self) -> Format {
        self.base().set_bold().set_font_size(16).set_align(FormatAlign::VerticalCenter)
    }

    pub fn subtitle(&self) -> Format {
        self.base().set_font_size(11).set_font_color(MUTED).set_align(FormatAlign::VerticalCenter)
    }

    pub fn heading(&self) -> Format {
        self.base().set_bold().set_font_size(12).set_font_color(HEADER_FILL).set_align(FormatAlign::Bottom)
    }

    pub fn notice(&self) -> Format {
        self.base()
            .set_text_wrap()
            .set_bold()
            .set_background_color(EXPERT_PAPER)
            .set_border(FormatBorder::Thin)
            .set_border_color(RULE)
            .set_align(FormatAlign::VerticalCenter)
            .set_indent(1)
    }

    pub fn link(&self) -> Format {
        self.roomy(Look::Text)
            .set_font_color(Color::RGB(0x1F_5F_A8))
            .set_underline(rust_xlsxwriter::FormatUnderline::Single)
    }

    fn bordered(&self) -> Format {
        self.base().set_border(FormatBorder::Thin).set_border_color(RULE)
    }
}
