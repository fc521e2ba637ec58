//! Figures that two texts share, however they are written and rounded.

/// Smaller numbers stand in every text.
const MIN_FIGURE: f64 = 10.0;

/// Years are shared by every case of a programme.
const YEARS: std::ops::RangeInclusive<f64> = 1990.0..=2030.0;

/// What is added to the most that two texts could share, so that one shared figure among few says little.
const RESERVE: f64 = 3.0;

/// Relative difference within which two figures are one.
const TOLERANCE: f64 = 0.02;

/// The distinct figures of `text` in rising order: 8.62万, 一百六十, 6成.
pub(super) fn figures(text: &str) -> Vec<f64> {
    let chars: Vec<char> = text.chars().collect();
    let mut found = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        let rest = &chars[at..];
        let (value, read) = if rest[0].is_ascii_digit() { arabic(rest) } else { han(rest) };
        let (factor, suffix) = match rest.get(read) {
            Some('万') if read > 0 => (1e4, 1),
            Some('亿') if read > 0 => (1e8, 1),
            _ => (1.0, 0),
        };
        found.push(value * factor);
        at += (read + suffix).max(1);
    }
    found.retain(|value| *value >= MIN_FIGURE && !YEARS.contains(value));
    found.sort_by(f64::total_cmp);
    found.dedup();
    found
}

/// How much of the figures of the shorter list the other has, 0 to 1; the more digits, the more it counts.
pub(super) fn share(one: &[f64], other: &[f64]) -> f32 {
    let (short, long) = if one.len() <= other.len() { (one, other) } else { (other, one) };
    let best = |a: &f64| long.iter().filter(|b| agree(*a, **b)).map(|b| weight(*a).min(weight(*b))).fold(0.0, f64::max);
    let shared: f64 = short.iter().map(best).sum();
    let most: f64 = short.iter().copied().map(weight).sum();
    (shared / (most + RESERVE)) as f32
}

/// The number at the beginning of `chars`, and how many characters it has.
fn arabic(chars: &[char]) -> (f64, usize) {
    let digit = |at: usize| chars.get(at).is_some_and(char::is_ascii_digit);
    let belongs = |&at: &usize| digit(at) || matches!(chars[at], ',' | '.') && digit(at + 1);
    let read = (0..chars.len()).take_while(belongs).count();
    let digits: String = chars[..read].iter().filter(|c| **c != ',').collect();
    // Version numbers and dates with two points are no figure.
    (digits.parse().unwrap_or(0.0), read)
}

/// The same in Han numerals; 0 of 0 characters where there is none. Tenths (三成六) become hundredths.
fn han(chars: &[char]) -> (f64, usize) {
    let read = chars.iter().take_while(|c| digit(**c).is_some() || unit(**c).is_some()).count();
    if let (1, Some(tenths), Some('成')) = (read, digit(chars[0]), chars.get(1)) {
        let hundredths = chars.get(2).and_then(|c| digit(*c));
        return (10.0 * tenths + hundredths.unwrap_or(0.0), 2 + usize::from(hundredths.is_some()));
    }
    let (mut total, mut last) = (0.0, 0.0);
    for &c in &chars[..read] {
        match (digit(c), unit(c)) {
            (Some(value), _) => last = if last > 0.0 { last * 10.0 + value } else { value },
            (_, Some(unit)) => (total, last) = (total + f64::max(last, 1.0) * unit, 0.0),
            (None, None) => {}
        }
    }
    // A lone 十, 百 or 千 is part of a word.
    if read == 1 && unit(chars[0]).is_some() { (0.0, 1) } else { (total + last, read) }
}

fn digit(c: char) -> Option<f64> {
    let at = "零一二三四五六七八九".chars().position(|numeral| numeral == c);
    at.map(|at| at as f64).or(match c {
        '〇' => Some(0.0),
        '两' => Some(2.0),
        _ => None,
    })
}

fn unit(c: char) -> Option<f64> {
    match c {
        '十' => Some(10.0),
        '百' => Some(100.0),
        '千' => Some(1000.0),
        _ => None,
    }
}

/// Whether one is the other, rounded or cut to fewer digits.
fn agree(a: f64, b: f64) -> bool {
    let (rough, fine) = if significant(a) <= significant(b) { (a, b) } else { (b, a) };
    let step = 10f64.powi(rough.log10().floor() as i32 + 1 - significant(rough) as i32);
    let is_rough = |value: f64| (value * step - rough).abs() < 1e-6 * rough;
    is_rough((fine / step).round()) || is_rough((fine / step).floor()) || (a - b).abs() <= TOLERANCE * a.max(b)
}

/// What it says that two texts share this figure.
fn weight(value: f64) -> f64 {
    (significant(value).min(3) as f64 / 2.0).powi(2)
}

/// Digits without the zeros at the end, of six.
fn significant(value: f64) -> usize {
    let written = format!("{value:.5e}");
    let mantissa = written.split('e').next().unwrap_or_default();
    mantissa.trim_end_matches('0').chars().filter(char::is_ascii_digit).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_read_in_both_scripts() {
        assert_eq!(
            figures("受理8.62万件，一百六十二个小区，四成四，1,460个，2023年第3次"),
            [44.0, 162.0, 1460.0, 86_200.0]
        );
        assert_eq!(figures("v1.2.3 无数字，万家灯火，成效"), Vec::<f64>::new());
        assert_eq!(figures("二十四小时，一百零六，二千"), [24.0, 106.0, 2000.0]);
    }

    #[test]
    fn a_rounded_figure_is_the_same_and_another_is_not() {
        assert!(agree(86_200.0, 86_000.0) && agree(4_370_000.0, 4_000_000.0) && agree(3871.0, 3900.0));
        assert!(!agree(86_200.0, 79_400.0) && !agree(138.0, 152.0));
        assert!(share(&[138.0, 3871.0], &[140.0, 3900.0]) > share(&[138.0, 3871.0], &[152.0, 2946.0]));
        assert_eq!(share(&[], &[20.0]), 0.0);
    }
}
