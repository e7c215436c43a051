//! Messages to phones and mailboxes, in the words of the catalogue.

use gapura_app::delivery::{Language, MessageText, Rendered, Renderer};

use crate::lang::Lang;

/// The catalogue as the couriers' voice.
#[derive(Clone, Copy, Debug, Default)]
pub struct CatalogueRenderer;

impl Renderer for CatalogueRenderer {
    fn render(&self, text: &MessageText, language: Language) -> Rendered {
        let w = match language {
            Language::Indonesian => Lang::Id.words(),
            Language::English => Lang::En.words(),
        };
        let (subject, text) = match text {
            MessageText::VisitorCode(code) => (
                w.messages_visitor_code_subject(),
                w.messages_visitor_code_text(code),
            ),
            MessageText::SignUpCode(code) => (
                w.messages_sign_up_code_subject(),
                w.messages_sign_up_code_text(code),
            ),
            MessageText::StaffSetUp(address) => (
                w.messages_staff_set_up_subject(),
                w.messages_staff_set_up_text(address),
            ),
        };
        Rendered {
            subject: subject.to_owned(),
            text,
        }
    }
}

#[cfg(test)]
mod tests {
    use gapura_app::delivery::{Language, MessageText, Renderer};

    use super::CatalogueRenderer;

    #[test]
    fn a_code_stands_in_the_text_and_not_in_the_subject_that_a_locked_phone_shows() {
        for language in [Language::Indonesian, Language::English] {
            let code = MessageText::VisitorCode("123456".into());
            let message = CatalogueRenderer.render(&code, language);
            assert!(message.text.contains("123456") && !message.subject.contains("123456"));
            // A short message of GSM's alphabet has 160 characters.
            assert!(
                message.text.is_ascii() && message.text.len() <= 160,
                "{}",
                message.text
            );
        }
    }
}
