//! Staff are invited, set themselves up, sign in, and lose no more than they should.

use crate::house::{CLIENT, House, TEN, fault_codes};
use gapura_app::delivery::Language;
use gapura_app::invite_staff::{
    Invitation, Inviter, Letter, NewColleague, change_grants, close, colleagues, create_ready,
    invite, reset,
};
use gapura_app::set_up_staff::{change_password, finish_set_up, open_set_up};
use gapura_app::staff::Principal;
use gapura_app::staff_sign_in::{
    SignedInStaff, StaffSignIn, end_staff_session, sign_in, staff, staff_sessions,
};
use gapura_app::totp::TotpSecret;
use gapura_app::{App, AppError};
use gapura_domain::ids::{AccountId, OrganisationId};
use gapura_domain::role::{Grant, Role};
use gapura_domain::venue::Label;

const PASSWORD: &str = "becak merah di tikungan";
const SECRET: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

fn secret() -> TotpSecret {
    TotpSecret::parse(SECRET).unwrap()
}

fn code(house: &House, secret: &TotpSecret) -> String {
    secret.code_at(house.app.now())
}

fn colleague(login: &str, role: Role, branch: Option<OrganisationId>) -> NewColleague {
    NewColleague {
        login: login.into(),
        display_name: "Dewi Ayu".into(),
        grants: vec![Grant { role, branch }],
    }
}

async fn ready(
    house: &House,
    login: &str,
    role: Role,
    branch: Option<OrganisationId>,
) -> Principal {
    let colleague = colleague(login, role, branch);
    let account = create_ready(&house.app, &colleague, PASSWORD, &secret())
        .await
        .unwrap();
    Principal {
        account,
        grants: colleague.grants,
    }
}

async fn try_in(
    house: &House,
    login: &str,
    password: &str,
    code: &str,
) -> Result<SignedInStaff, AppError> {
    let typed = StaffSignIn {
        login,
        password,
        code,
        label: "Firefox\u{202E} on a desk",
        client: CLIENT,
    };
    let token = sign_in(&house.app, &typed).await?;
    Ok(staff(&house.app, token.expose()).await.unwrap().unwrap())
}

async fn organisation(app: &App, parent: Option<OrganisationId>, name: &str) -> OrganisationId {
    let name = Label::parse(name).unwrap();
    app.store
        .create_organisation(parent, &name, TEN)
        .await
        .unwrap()
}

fn in_person() -> Letter<'static> {
    Letter {
        address: &|token| format!("https://gapura.example/set-up/{token}"),
        language: Language::Indonesian,
    }
}

#[tokio::test]
async fn an_account_signs_in_with_password_and_second_factor_and_each_step_counts_once() {
    let house = House::open().await;
    let dewi = ready(&house, "dewi", Role::Authority, None).await;
    let now = code(&house, &secret());
    let signed_in = try_in(&house, " Dewi ", PASSWORD, &now).await.unwrap();
    assert_eq!(
        (signed_in.principal, &*signed_in.login),
        (dewi.clone(), "dewi")
    );
    let wrong = ["login: sign_in_wrong"];
    assert_eq!(
        fault_codes(try_in(&house, "dewi", PASSWORD, &now).await),
        wrong
    );
    house.pass_s(30);
    let next = code(&house, &secret());
    assert!(try_in(&house, "dewi", PASSWORD, &next).await.is_ok());
    house.pass_s(60);
    let later = code(&house, &secret());
    for (login, password, code) in [
        ("dewi", PASSWORD, "000000"),
        ("dewi", "becak merah di tikungan.", &*later),
        ("nobody", PASSWORD, &*later),
        ("", "", ""),
    ] {
        assert_eq!(
            fault_codes(try_in(&house, login, password, code).await),
            wrong
        );
    }
    assert_eq!(
        staff_sessions(&house.app, dewi.account).await.unwrap()[0].label,
        "Firefox on a desk"
    );
}

#[tokio::test]
async fn ten_wrong_sign_ins_lock_an_account_for_longer_and_longer() {
    let house = House::open().await;
    ready(&house, "dewi", Role::Authority, None).await;
    let fail = async |times: usize| {
        for _ in 0..times {
            house.pass_s(10);
            assert!(try_in(&house, "dewi", "wrong", "000000").await.is_err());
        }
    };
    let is_let_in = async || {
        let now = code(&house, &secret());
        try_in(&house, "dewi", PASSWORD, &now).await.is_ok()
    };
    fail(9).await;
    assert!(is_let_in().await, "nine are forgiven");
    fail(10).await;
    assert!(!is_let_in().await, "locked, with everything right");
    house.pass_s(900);
    fail(1).await;
    house.pass_s(900);
    assert!(!is_let_in().await, "longer than the first time");
    house.pass_s(8 * 3_600);
    assert!(is_let_in().await);
    fail(9).await;
    house.pass_s(30);
    assert!(is_let_in().await, "a good sign-in begins the count anew");
}

#[tokio::test]
async fn one_client_tries_only_so_often() {
    let house = House::open().await;
    for _ in 0..30 {
        assert!(matches!(
            try_in(&house, "nobody", "x", "").await,
            Err(AppError::Faults(_))
        ));
    }
    assert!(matches!(
        try_in(&house, "nobody", "x", "").await,
        Err(AppError::TooMany { retry_after_s: 6 })
    ));
}

#[tokio::test]
async fn a_session_ends_after_a_working_day_or_when_it_is_ended() {
    let house = House::open().await;
    let dewi = ready(&house, "dewi", Role::Authority, None).await;
    let typed = |code: &str| (PASSWORD.to_owned(), code.to_owned());
    let (password, now) = typed(&code(&house, &secret()));
    let form = StaffSignIn {
        login: "dewi",
        password: &password,
        code: &now,
        label: "",
        client: CLIENT,
    };
    let token = sign_in(&house.app, &form).await.unwrap();
    let is_in = async || staff(&house.app, token.expose()).await.unwrap().is_some();
    house.pass_s(12 * 3_600 - 1);
    assert!(is_in().await);
    let session = staff_sessions(&house.app, dewi.account).await.unwrap()[0].id;
    let by_another = end_staff_session(&house.app, AccountId(999), session).await;
    assert!(matches!(by_another, Err(AppError::NotFound)));
    house.pass_s(1);
    assert!(!is_in().await);
    assert!(
        staff_sessions(&house.app, dewi.account)
            .await
            .unwrap()
            .is_empty()
    );
    let again = try_in(&house, "dewi", PASSWORD, &code(&house, &secret()))
        .await
        .unwrap();
    end_staff_session(&house.app, dewi.account, again.session)
        .await
        .unwrap();
    assert!(
        staff_sessions(&house.app, dewi.account)
            .await
            .unwrap()
            .is_empty()
    );
    assert_eq!(staff(&house.app, "nonsense").await.unwrap(), None);
}

/// Sets an invited account up; gives its second factor.
async fn set_up(house: &House, invitation: &Invitation) -> TotpSecret {
    let page = open_set_up(&house.app, &invitation.token).await.unwrap();
    let now = code(house, &page.second_factor);
    finish_set_up(&house.app, &invitation.token, &page.ticket, PASSWORD, &now)
        .await
        .unwrap();
    page.second_factor
}

#[tokio::test]
async fn a_colleague_is_invited_once_and_sets_password_and_second_factor() {
    let house = House::open().await;
    let polresta = organisation(&house.app, None, "Polresta Malang Kota").await;
    let dewi = ready(&house, "dewi", Role::Authority, Some(polresta)).await;
    let (by, budi) = (
        Inviter::Staff(&dewi),
        colleague("budi@example.id", Role::Gate, Some(polresta)),
    );
    let invited = invite(&house.app, by, &budi, &in_person()).await.unwrap();
    assert!(invited.is_sent);
    let link = house.letter("budi@example.id").await.text;
    assert_eq!(
        link,
        format!("https://gapura.example/set-up/{}", invited.token)
    );
    assert!(try_in(&house, "budi@example.id", "", "").await.is_err());

    let page = open_set_up(&house.app, &invited.token).await.unwrap();
    let finish = async |ticket: &str, password: &str, code: &str| {
        finish_set_up(&house.app, &invited.token, ticket, password, code).await
    };
    assert_eq!(
        fault_codes(finish(&page.ticket, "short", "1").await),
        ["password: password_short", "code: code_wrong"]
    );
    let other = open_set_up(&house.app, &invited.token).await.unwrap();
    let now = code(&house, &page.second_factor);
    assert_eq!(
        fault_codes(finish(&other.ticket, PASSWORD, &now).await),
        ["code: code_wrong"],
        "the code belongs to the page that showed its secret"
    );
    finish(&page.ticket, PASSWORD, &now).await.unwrap();
    assert!(matches!(
        finish(&page.ticket, PASSWORD, &now).await,
        Err(AppError::NotFound)
    ));
    assert!(open_set_up(&house.app, &invited.token).await.is_err());
    assert!(
        try_in(&house, "budi@example.id", PASSWORD, &now)
            .await
            .is_err(),
        "the step was used"
    );
    house.pass_s(30);
    let next = code(&house, &page.second_factor);
    let signed_in = try_in(&house, "budi@example.id", PASSWORD, &next)
        .await
        .unwrap();
    assert_eq!(signed_in.principal.grants, budi.grants);
    let twice = invite(&house.app, by, &budi, &in_person()).await;
    assert_eq!(fault_codes(twice), ["login: login_taken"]);
}

#[tokio::test]
async fn an_invitation_expires_and_a_reset_makes_older_ones_worthless() {
    let house = House::open().await;
    let dewi = ready(&house, "dewi", Role::Operator, None).await;
    let (by, budi) = (
        Inviter::Staff(&dewi),
        colleague("budi", Role::Auditor, None),
    );
    let first = invite(&house.app, by, &budi, &in_person()).await.unwrap();
    assert!(!first.is_sent);
    let second = reset(&house.app, by, first.account, &in_person())
        .await
        .unwrap();
    assert!(matches!(
        open_set_up(&house.app, &first.token).await,
        Err(AppError::NotFound)
    ));
    let factor = set_up(&house, &second).await;
    house.pass_s(30);
    let signed_in = try_in(&house, "budi", PASSWORD, &code(&house, &factor))
        .await
        .unwrap();
    let third = reset(&house.app, by, first.account, &in_person())
        .await
        .unwrap();
    let sessions = staff_sessions(&house.app, signed_in.principal.account)
        .await
        .unwrap();
    assert!(sessions.is_empty(), "a reset ends all sessions");
    house.pass_s(30);
    assert!(
        try_in(&house, "budi", PASSWORD, &code(&house, &factor))
            .await
            .is_err()
    );
    house.pass_s(7 * 86_400);
    assert!(matches!(
        open_set_up(&house.app, &third.token).await,
        Err(AppError::NotFound)
    ));
    assert!(open_set_up(&house.app, "nonsense").await.is_err());
}

/// A role above the inviter's, or beyond their branch.
async fn refuses_what_is_not_theirs(
    app: &App,
    by: &Principal,
    branch: OrganisationId,
    other: OrganisationId,
) {
    for not_theirs in [
        colleague("x", Role::Authority, Some(branch)),
        colleague("x", Role::Gate, Some(other)),
        colleague("x", Role::Gate, None),
    ] {
        let answer = invite(app, Inviter::Staff(by), &not_theirs, &in_person()).await;
        assert!(
            matches!(answer, Err(AppError::NotAllowed)),
            "{not_theirs:?}"
        );
    }
}

#[tokio::test]
async fn nobody_changes_an_account_beyond_their_branch_or_their_own() {
    let house = House::open().await;
    let app = &house.app;
    let polresta = organisation(app, None, "Polresta Malang Kota").await;
    let polsek = organisation(app, Some(polresta), "Polsek Klojen").await;
    let other = organisation(app, None, "Mal").await;
    let dewi = ready(&house, "dewi", Role::Authority, Some(polresta)).await;
    let manager = ready(&house, "klojen", Role::VenueManager, Some(polsek)).await;
    let stranger = ready(&house, "mal", Role::VenueManager, Some(other)).await;
    let letter = in_person();
    let (by_dewi, by_manager) = (Inviter::Staff(&dewi), Inviter::Staff(&manager));
    let officer = colleague("budi", Role::Gate, Some(polsek));
    let officer = invite(app, by_manager, &officer, &letter)
        .await
        .unwrap()
        .account;

    refuses_what_is_not_theirs(app, &dewi, polresta, other).await;
    let by_stranger = Inviter::Staff(&stranger);
    assert!(matches!(
        close(app, by_stranger, officer).await,
        Err(AppError::NotAllowed)
    ));
    assert!(matches!(
        close(app, by_manager, dewi.account).await,
        Err(AppError::NotAllowed)
    ));
    assert!(matches!(
        close(app, by_manager, manager.account).await,
        Err(AppError::NotAllowed)
    ));
    let raise = [Grant {
        role: Role::Booth,
        branch: Some(polsek),
    }];
    let raised = change_grants(app, by_manager, officer, &raise).await;
    assert!(matches!(raised, Err(AppError::NotAllowed)));
    change_grants(app, by_dewi, officer, &raise).await.unwrap();
    assert!(matches!(
        close(app, by_manager, officer).await,
        Err(AppError::NotAllowed)
    ));

    let logins = |list: Vec<gapura_app::invite_staff::Colleague>| -> Vec<String> {
        list.into_iter().map(|colleague| colleague.login).collect()
    };
    assert_eq!(
        logins(colleagues(app, &dewi).await.unwrap()),
        ["budi", "dewi", "klojen"]
    );
    assert_eq!(logins(colleagues(app, &manager).await.unwrap()), ["klojen"]);
    close(app, by_dewi, officer).await.unwrap();
    assert!(matches!(
        close(app, by_dewi, officer).await,
        Err(AppError::NotFound)
    ));
    assert_eq!(
        logins(colleagues(app, &dewi).await.unwrap()),
        ["dewi", "klojen"]
    );
}

#[tokio::test]
async fn a_changed_password_ends_all_sessions() {
    let house = House::open().await;
    let dewi = ready(&house, "dewi", Role::Authority, None).await;
    try_in(&house, "dewi", PASSWORD, &code(&house, &secret()))
        .await
        .unwrap();
    let new = "kuda laut dan payung";
    let change = async |current: &str, new: &str| {
        change_password(&house.app, dewi.account, current, new).await
    };
    assert_eq!(
        fault_codes(change("wrong", new).await),
        ["current: password_wrong"]
    );
    assert_eq!(
        fault_codes(change(PASSWORD, "short").await),
        ["password: password_short"]
    );
    change(PASSWORD, new).await.unwrap();
    assert!(
        staff_sessions(&house.app, dewi.account)
            .await
            .unwrap()
            .is_empty()
    );
    house.pass_s(30);
    assert!(
        try_in(&house, "dewi", new, &code(&house, &secret()))
            .await
            .is_ok()
    );
}
