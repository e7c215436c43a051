//! A place's manager signs an organisation up in public.

use crate::house::{CLIENT, House, fault_codes};
use gapura_app::AppError;
use gapura_app::delivery::Language;
use gapura_app::sign_up::{SignUpCodes, SignUpForm, begin_sign_up, finish_sign_up};
use gapura_app::staff_sign_in::staff;
use gapura_app::totp::TotpSecret;
use gapura_domain::role::Role;

const PASSWORD: &str = "becak merah di tikungan";

fn code(house: &House, secret: &TotpSecret) -> String {
    secret.code_at(house.app.now())
}

fn sign_up_form() -> SignUpForm {
    SignUpForm {
        organisation: "Mal Alun-Alun".into(),
        display_name: "Ratna".into(),
        email: "Ratna@Example.id".into(),
        password: PASSWORD.into(),
    }
}

#[tokio::test]
async fn a_manager_signs_an_organisation_up_and_is_signed_in() {
    let house = House::open().await;
    let app = &house.app;
    let begin = async |form: &SignUpForm| begin_sign_up(app, form, CLIENT, Language::English).await;
    let bad = SignUpForm {
        email: "081234567890".into(),
        password: "x".into(),
        ..SignUpForm::default()
    };
    assert_eq!(
        fault_codes(begin(&bad).await),
        [
            "organisation: missing",
            "display_name: missing",
            "email: email",
            "password: password_short"
        ]
    );
    let page = begin(&sign_up_form()).await.unwrap();
    assert!(
        app.store.accounts().await.unwrap().is_empty(),
        "nothing is kept yet"
    );
    let letter = house.letter("ratna@example.id").await;
    assert_eq!(letter.subject, "sign-up English");
    let finish = async |ticket: &str, mailed: &str, second_factor: &str| {
        let codes = SignUpCodes {
            ticket,
            mailed,
            second_factor,
            label: "",
            client: CLIENT,
        };
        finish_sign_up(app, &codes).await
    };
    let now = code(&house, &page.second_factor);
    let wrong_factor = finish(&page.ticket, &letter.text, "000000").await;
    assert_eq!(fault_codes(wrong_factor), ["second_factor: code_wrong"]);
    assert_eq!(
        fault_codes(finish(&page.ticket, "000000", &now).await),
        ["code: code_wrong"]
    );
    let token = finish(&page.ticket, &letter.text, &now).await.unwrap();
    let signed_in = staff(app, token.expose()).await.unwrap().unwrap();
    assert_eq!(signed_in.login, "ratna@example.id");
    let mall = app.store.organisations().await.unwrap()[0].id;
    assert!(signed_in.principal.may(Role::VenueManager, &[mall]));
    assert!(!signed_in.principal.may(Role::VenueManager, &[]));

    assert_eq!(
        fault_codes(begin(&sign_up_form()).await),
        ["organisation: organisation_known"]
    );
    let second = SignUpForm {
        organisation: "Mal Lain".into(),
        ..sign_up_form()
    };
    let page = begin(&second).await.unwrap();
    let mailed = house.letter("ratna@example.id").await.text;
    let now = code(&house, &page.second_factor);
    assert!(matches!(
        finish(&page.ticket, &mailed, &now).await,
        Err(AppError::NotNow("login_taken"))
    ));
    house.pass_s(600);
    assert_eq!(
        fault_codes(finish(&page.ticket, &mailed, &now).await),
        ["ticket: ticket_expired"]
    );
}
