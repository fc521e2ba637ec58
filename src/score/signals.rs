//! How numbers that came along enter the relevance.
//!
//! `relevance = (1 - share) * relevance of the text + share * weighted mean of the signals that are there`. A signal that
//! is missing is not 0: its weight goes to the others, up to their caps, and what then is left goes to the text.

use super::Assessment;
use super::resample;
use crate::nomination::Nomination;
use crate::programme::{Direction, Programme, Settings, Signal, SignalScale};

/// Position of a signal in its programme.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct SignalIndex(pub usize);

/// One signal of a nomination.
#[derive(Debug, Clone, PartialEq)]
pub struct SignalScore {
    /// Which signal.
    pub signal: SignalIndex,
    /// As it came.
    pub raw: f64,
    /// 0 to 100, higher is better.
    pub scaled: f32,
    /// What it has of the relevance, 0 to 0.5.
    pub share: f32,
}

impl SignalScore {
    /// The points of relevance that it gives.
    #[must_use]
    pub fn contribution(&self) -> f32 {
        self.share * self.scaled
    }
}

/// Lets the signals of `nominations` enter their `assessments`. Where the programme has none, nothing changes.
pub fn enter_signals(settings: &Settings, nominations: &[Nomination], assessments: &mut [Assessment], seed: u64) {
    if settings.signals.is_empty() {
        return;
    }
    let columns: Vec<Vec<Option<(f64, f32)>>> =
        settings.signals.iter().map(|signal| column(signal, nominations)).collect();
    let draws = resample::share_draws(seed);
    for (row, assessment) in assessments.iter_mut().enumerate() {
        let present = columns.iter().enumerate().filter_map(|(index, column)| {
            let (raw, scaled) = column[row]?;
            Some((SignalIndex(index), raw, scaled))
        });
        assessment.signals = shared(settings, present.collect());
        let blend = Blend::of(&assessment.signals);
        assessment.relevance = blend.with(assessment.relevance, 1.0);
        for (relevance, &factor) in assessment.resampled_relevance.iter_mut().zip(&draws) {
            *relevance = blend.with(*relevance, factor);
        }
    }
}

/// What a text with these `scores` on the criteria and these `signals` has as its relevance by the weights and shares of
/// `programme`, which need not be those it was judged by: 0 to 100, the [`Assessment::relevance`] of the same weights to
/// the last bit.
#[must_use]
pub fn relevance(programme: &Programme, scores: &[f32], signals: &[SignalScore]) -> f32 {
    let weights: Vec<f32> = programme.criteria.iter().map(|criterion| criterion.weight).collect();
    let present = signals.iter().map(|s| (s.signal, s.raw, s.scaled)).collect();
    Blend::of(&shared(&programme.settings, present)).with(resample::weighted_mean(scores, &weights), 1.0)
}

/// The signals that are there (which, as it came, 0 to 100), each with its share.
fn shared(settings: &Settings, present: Vec<(SignalIndex, f64, f32)>) -> Vec<SignalScore> {
    let weight: f32 = present.iter().map(|&(signal, ..)| settings.signals[signal.0].weight).sum();
    let score = |(signal, raw, scaled): (SignalIndex, f64, f32)| {
        let Signal { weight: own, cap, .. } = &settings.signals[signal.0];
        let share = (settings.signal_share * own / weight).min(cap.unwrap_or(settings.signal_share));
        SignalScore { signal, raw, scaled, share }
    };
    present.into_iter().map(score).collect()
}

/// What the signals of one nomination have of its relevance together.
#[derive(Debug, Clone, Copy)]
struct Blend {
    share: f32,
    points: f32,
}

impl Blend {
    fn of(signals: &[SignalScore]) -> Self {
        Self {
            share: signals.iter().map(|signal| signal.share).sum(),
            points: signals.iter().map(SignalScore::contribution).sum(),
        }
    }

    /// The relevance where the text has `text`, the share of the signals drawn `factor` times as large.
    fn with(self, text: f32, factor: f32) -> f32 {
        if self.share == 0.0 {
            return text;
        }
        // A factor above 1 / share would count the text against itself.
        let factor = factor.min(1.0 / self.share);
        (1.0 - self.share * factor) * text + self.points * factor
    }
}

/// The numbers of one signal and what they become, by nomination.
fn column(signal: &Signal, nominations: &[Nomination]) -> Vec<Option<(f64, f32)>> {
    let values: Vec<Option<f64>> = nominations.iter().map(|nomination| signal.value_of(nomination)).collect();
    let known: Vec<f64> = values.iter().flatten().copied().collect();
    let scaled = |value: f64| {
        let more = match (signal.scale, signal.low, signal.high) {
            (SignalScale::Linear, Some(low), Some(high)) => between(value, low, high),
            (SignalScale::Log, Some(low), Some(high)) => between(value.ln_1p(), low.ln_1p(), high.ln_1p()),
            _ => place(value, &known),
        };
        100.0
            * match signal.direction {
                Direction::More => more,
                Direction::Less => 1.0 - more,
            } as f32
    };
    values.into_iter().map(|value| value.map(|value| (value, scaled(value)))).collect()
}

/// Where `value` lies from `low`, 0, to `high`, 1.
fn between(value: f64, low: f64, high: f64) -> f64 {
    ((value - low) / (high - low)).clamp(0.0, 1.0)
}

/// Share of the others that `value` is above, those that are equal counting half; one half where there are no others.
fn place(value: f64, known: &[f64]) -> f64 {
    let others = known.len().saturating_sub(1);
    if others == 0 {
        return 0.5;
    }
    let below = known.iter().filter(|&&other| other < value).count() as f64;
    let equal = known.iter().filter(|&&other| other == value).count().saturating_sub(1) as f64;
    (below + equal / 2.0) / others as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signal(id: &str, scale: SignalScale, weight: f32, cap: Option<f32>) -> Signal {
        let (low, high) = if scale == SignalScale::Rank { (None, None) } else { (Some(0.0), Some(999.0)) };
        Signal {
            id: id.into(),
            name: id.into(),
            name_en: String::new(),
            columns: Vec::new(),
            scale,
            low,
            high,
            direction: Direction::More,
            weight,
            cap,
        }
    }

    fn with(values: &[(&str, f64)]) -> Nomination {
        let signals = values.iter().map(|&(id, value)| (id.to_owned(), value)).collect();
        Nomination { signals, ..Nomination::default() }
    }

    fn entered(signals: Vec<Signal>, nominations: &[Nomination]) -> Vec<Assessment> {
        let mut programme =
            crate::programme::Programme::from_category_names("names.json".as_ref(), r#"["a"]"#).unwrap();
        programme.settings.signals = signals;
        programme.settings.signal_share = 0.4;
        let mut assessments: Vec<Assessment> = nominations
            .iter()
            .map(|_| Assessment { relevance: 50.0, resampled_relevance: vec![40.0, 60.0], ..Assessment::default() })
            .collect();
        enter_signals(&programme.settings, nominations, &mut assessments, 0);
        assessments
    }

    #[test]
    fn a_missing_signal_is_not_zero_and_a_cap_leaves_the_rest_to_the_text() {
        let signals = vec![
            signal("votes", SignalScale::Linear, 0.5, None),
            signal("index", SignalScale::Linear, 0.5, Some(0.25)),
        ];
        let nominations = [
            with(&[]),
            with(&[("votes", 999.0)]),
            with(&[("index", 999.0)]),
            with(&[("votes", 0.0), ("index", 999.0)]),
        ];
        let relevance: Vec<f32> = entered(signals, &nominations).iter().map(|a| a.relevance).collect();
        // 50; 0.6 * 50 + 0.4 * 100; 0.75 * 50 + 0.25 * 100; 0.6 * 50 + 0.2 * 0 + 0.2 * 100.
        for (found, expected) in relevance.iter().zip([50.0, 70.0, 62.5, 50.0]) {
            assert!((found - expected).abs() < 1e-4, "{relevance:?}");
        }
    }

    #[test]
    fn the_relevance_made_again_is_the_same_to_the_last_bit() {
        let signals =
            vec![signal("votes", SignalScale::Log, 0.7, None), signal("index", SignalScale::Linear, 0.3, Some(0.15))];
        let nominations =
            [with(&[]), with(&[("votes", 321.0)]), with(&[("index", 77.7)]), with(&[("votes", 5.0), ("index", 123.4)])];
        let mut programme =
            crate::programme::Programme::load(crate::programme::DEFAULT_PROGRAMME).expect("it is built in");
        programme.settings.signals = signals;
        programme.settings.signal_share = 0.37;
        let scores: Vec<f32> = (0..programme.criteria.len()).map(|at| 31.7 + 7.13 * at as f32).collect();
        let weights: Vec<f32> = programme.criteria.iter().map(|criterion| criterion.weight).collect();
        let text = resample::weighted_mean(&scores, &weights);
        let mut judged = vec![Assessment { relevance: text, ..Assessment::default() }; nominations.len()];
        enter_signals(&programme.settings, &nominations, &mut judged, 0);
        for assessment in judged {
            assert_eq!(relevance(&programme, &scores, &assessment.signals).to_bits(), assessment.relevance.to_bits());
        }
    }

    #[test]
    fn numbers_beyond_the_anchors_carry_no_further_and_negative_counts_do_not_count() {
        let judged = entered(
            vec![signal("votes", SignalScale::Log, 1.0, None)],
            &[with(&[("votes", 999.0)]), with(&[("votes", 9e9)]), with(&[("votes", -3.0)]), with(&[("votes", 31.0)])],
        );
        assert_eq!(judged[0].relevance, judged[1].relevance);
        assert_eq!((judged[2].relevance, judged[2].signals.len()), (50.0, 0));
        assert!((judged[3].signals[0].scaled - 50.17).abs() < 0.01, "{:?}", judged[3].signals);
    }

    #[test]
    fn ranks_share_ties_and_one_alone_stands_in_the_middle() {
        assert_eq!([1.0, 2.0, 3.0].map(|v| place(v, &[1.0, 2.0, 2.0, 3.0])), [0.0, 0.5, 1.0]);
        assert_eq!(place(7.0, &[7.0]), 0.5);
    }

    #[test]
    fn resamples_keep_the_number_and_draw_its_share() {
        let judged = entered(vec![signal("votes", SignalScale::Linear, 1.0, None)], &[with(&[("votes", 999.0)])]);
        let [low, high] = judged[0].resampled_relevance[..] else { panic!("two") };
        assert!(low > 40.0 && high > 60.0 && (low - 64.0).abs() > 1e-3, "{low} {high}");
    }
}
