//! Restricts a Unigram `tokenizer.json` to the scripts the program reads.
//!
//! A piece survives when each of its characters does. A text of surviving characters can only be split into surviving
//! pieces, so its best split is the same in both vocabularies. What an unknown character costs depends on the smallest
//! score of the vocabulary, so that minimum has to survive too.

use super::tokenizer_json::TokenizerFile;

/// Pieces with fixed ids at the head of the vocabulary.
const SPECIALS: [&str; 4] = ["<s>", "<pad>", "</s>", "<unk>"];
const MASK: &str = "<mask>";

/// The trimmed tokenizer and, for each of its ids, the id it had.
pub struct Trimmed {
    pub json: Vec<u8>,
    pub kept_ids: Vec<usize>,
}

/// Whether texts made of this character (as the normalizer leaves it) are read exactly as by the full tokenizer.
///
/// ASCII and Latin up to Extended-B, general punctuation and symbols (among them U+2581, the word mark), CJK
/// punctuation, kana, Han, compatibility and full-width forms. Kana stand in Chinese texts as names and loan words: on
/// LCQMC their 32 pairs in 12,500, read as unknown, cost 0.16 of Spearman (times 100).
pub fn is_kept(character: char) -> bool {
    matches!(character,
        '\u{20}'..='\u{24F}'
        | '\u{2000}'..='\u{2BFF}'
        | '\u{2E80}'..='\u{2FDF}'
        | '\u{3000}'..='\u{30FF}'
        | '\u{3400}'..='\u{4DBF}'
        | '\u{4E00}'..='\u{9FFF}'
        | '\u{F900}'..='\u{FAFF}'
        | '\u{FF00}'..='\u{FFEF}'
        | '\u{20000}'..='\u{3FFFF}')
}

/// Trims `json`, keeping the order of the pieces.
pub fn trim(json: &[u8]) -> Result<Trimmed, String> {
    let mut file: TokenizerFile = serde_json::from_slice(json).map_err(|error| error.to_string())?;
    check_layout(&file)?;
    let last = file.model.vocab.len() - 1;
    let kept_ids: Vec<usize> = (0..=last)
        .filter(|&id| id < SPECIALS.len() || id == last || file.model.vocab[id].0.chars().all(is_kept))
        .collect();
    let vocab: Vec<(String, f64)> = kept_ids.iter().map(|&id| file.model.vocab[id].clone()).collect();
    if minimum(&vocab) != minimum(&file.model.vocab) {
        return Err("the smallest score is lost, so unknown characters would be split differently".to_owned());
    }
    file.model.vocab = vocab;
    for token in &mut file.added_tokens {
        token.id = kept_ids.binary_search(&token.id).map_err(|_| format!("{} would be lost", token.content))?;
    }
    let json = serde_json::to_vec(&file).map_err(|error| error.to_string())?;
    check_scores(&json, &file)?;
    Ok(Trimmed { json, kept_ids })
}

fn check_layout(file: &TokenizerFile) -> Result<(), String> {
    let vocab = &file.model.vocab;
    if file.model.kind != "Unigram" || file.model.unk_id != 3 {
        return Err(format!("expected a Unigram model with unk_id 3, found {}", file.model.kind));
    }
    let head_is_special = vocab.iter().zip(SPECIALS).filter(|((piece, _), special)| piece == special).count();
    if vocab.len() <= SPECIALS.len() || head_is_special != SPECIALS.len() {
        return Err(format!("the vocabulary does not begin with {SPECIALS:?}"));
    }
    match vocab.last() {
        Some((piece, _)) if piece == MASK => Ok(()),
        _ => Err(format!("the vocabulary does not end with {MASK}")),
    }
}

fn minimum(vocab: &[(String, f64)]) -> f64 {
    vocab.iter().map(|(_, score)| *score).fold(f64::INFINITY, f64::min)
}

/// serde_json may read a decimal one unit in the last place off; what is written must read as what was read.
fn check_scores(json: &[u8], file: &TokenizerFile) -> Result<(), String> {
    let again: TokenizerFile = serde_json::from_slice(json).map_err(|error| error.to_string())?;
    let differing = again.model.vocab.iter().zip(&file.model.vocab).find(|(a, b)| a.1.to_bits() != b.1.to_bits());
    match differing {
        Some((piece, _)) => Err(format!("the score of `{}` does not survive writing", piece.0)),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(pieces: &[(&str, f64)]) -> Vec<u8> {
        let mut vocab: Vec<(&str, f64)> = SPECIALS.iter().map(|piece| (*piece, 0.0)).collect();
        vocab.extend(pieces);
        vocab.push((MASK, 0.0));
        let token = |id: usize, content: &str| {
            serde_json::json!({"id": id, "content": content, "single_word": false, "lstrip": false, "rstrip": false,
                               "normalized": false, "special": true})
        };
        let tokens = [token(0, "<s>"), token(vocab.len() - 1, MASK)];
        let file = serde_json::json!({
            "version": "1.0", "truncation": null, "padding": null, "added_tokens": tokens, "normalizer": null,
            "pre_tokenizer": null, "post_processor": null, "decoder": null,
            "model": {"type": "Unigram", "unk_id": 3, "vocab": vocab},
        });
        file.to_string().into_bytes()
    }

    #[test]
    fn pieces_of_other_scripts_go_and_the_order_stays() {
        let pieces = [("▁办", -1.0), ("слово", -2.0), ("ing", -3.5), ("a한", -4.0), ("，", -9.0)];
        let trimmed = trim(&file(&pieces)).unwrap();
        assert_eq!(trimmed.kept_ids, [0, 1, 2, 3, 4, 6, 8, 9]);
        let file: TokenizerFile = serde_json::from_slice(&trimmed.json).unwrap();
        assert_eq!(
            file.model.vocab[4..7],
            [("▁办", -1.0), ("ing", -3.5), ("，", -9.0)].map(|(p, s)| (p.to_owned(), s))
        );
        assert_eq!(file.added_tokens.iter().map(|token| token.id).collect::<Vec<_>>(), [0, 7]);
    }

    #[test]
    fn losing_the_smallest_score_is_refused() {
        let problem = trim(&file(&[("办", -1.0), ("слово", -2.0)])).err().unwrap();
        assert!(problem.contains("smallest score"), "{problem}");
        assert!(trim(b"{}").is_err());
    }
}
