//! The pages that people see. Whatever came in is escaped here, and cut to a bearable length.

use html_escape::encode_safe;
use url::Url;

use super::client::{Client, ClientKind};
use super::http::STYLE;
use super::settings::OAuthSettings;

/// How much of a name or host a page shows, in characters.
const MAX_SHOWN: usize = 100;

/// Why nobody is sent anywhere, for the person and for the developer of their client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Refused {
    /// What the person can do.
    pub(crate) person: &'static str,
    /// What the developer can do, if there is something.
    pub(crate) developer: Option<&'static str>,
}

/// What the consent page asks about.
pub(crate) struct Question<'a> {
    pub(crate) settings: &'a OAuthSettings,
    pub(crate) client: &'a Client,
    pub(crate) redirect_uri: &'a str,
    /// The request id, which the form brings back.
    pub(crate) request: &'a str,
    /// The form's one-time token.
    pub(crate) csrf: &'a str,
}

/// The page on which a person decides.
pub(crate) fn consent(question: &Question<'_>) -> String {
    let Question { settings, client, redirect_uri, request, csrf } = question;
    let title = text(settings.title);
    let (who, warning) = who(client);
    let (place, note) = place(redirect_uri);
    let notes: String = [warning, note]
        .into_iter()
        .flatten()
        .flat_map(|note| ["<p class=\"warning\">".to_owned(), note, "</p>\n".to_owned()])
        .collect();
    let body = format!(
        "<h1>Let an app use {title} in your name?</h1>
<dl>
<dt>Who asks</dt>
<dd>{who}</dd>
<dt>Where the answer goes</dt>
<dd>{place}</dd>
<dt>What it may read</dt>
<dd>Only {reads}. It cannot change, send or delete anything.</dd>
<dt>How</dt>
<dd>It acts in your name, and every use is recorded for your organisation.</dd>
</dl>
{notes}<form method=\"post\" action=\"/oauth/consent\">
<input type=\"hidden\" name=\"request\" value=\"{request}\">
<input type=\"hidden\" name=\"csrf\" value=\"{csrf}\">
<p>Allow this only if you started it yourself just now. You sign in with your work account next.</p>
<div class=\"choice\">
<button class=\"main\" type=\"submit\" name=\"decision\" value=\"allow\">Allow</button>
<button type=\"submit\" name=\"decision\" value=\"deny\">Cancel</button>
</div>
</form>",
        reads = text(settings.reads),
        request = encode_safe(request),
        csrf = encode_safe(csrf),
    );
    document(&format!("Allow access - {title}"), "", &body)
}

/// The page between the consent form and Entra.
pub(crate) fn to_entra(address: &str) -> String {
    let body = format!(
        "<h1>Taking you to the sign-in page</h1>
<p>If nothing happens, continue yourself.</p>
<p><a class=\"button main\" rel=\"noreferrer\" href=\"{}\">Continue to sign in</a></p>",
        encode_safe(address)
    );
    document("Sign in", &refresh(address), &body)
}

/// The page between us and the client.
pub(crate) fn back_to_client(address: &str, signed_in: bool) -> String {
    let heading = if signed_in { "You are signed in" } else { "You are not signed in" };
    let body = format!(
        "<h1>{heading}</h1>
<p>Go back to your app. If it does not open by itself, open it here; then you can close this page.</p>
<p><a class=\"button main\" rel=\"noreferrer\" href=\"{}\">Open the app</a></p>",
        encode_safe(address)
    );
    document(heading, &refresh(address), &body)
}

/// The page that says why nobody is sent anywhere.
pub(crate) fn refused(refused: Refused) -> String {
    let developer = refused.developer.map_or_else(String::new, |developer| {
        format!("\n<p>For the developer of the app: {}.</p>", encode_safe(developer))
    });
    let body = format!(
        "<h1>This sign-in cannot go on</h1>\n<p>{}</p>{developer}",
        encode_safe(refused.person)
    );
    document("Sign-in stopped", "", &body)
}

/// Who asks, as far as we know, and what to beware of.
fn who(client: &Client) -> (String, Option<String>) {
    let name = format!("<strong><bdi>{}</bdi></strong>", text(&client.name));
    match &client.kind {
        ClientKind::Registered if client.name_was_cleaned => {
            let warning = "The name that it gave had signs in it that an honest app does not need.";
            (format!("An app that says it is {name}"), Some(warning.to_owned()))
        }
        ClientKind::Registered => {
            let warning = "Anybody can choose this name. Look at where the answer goes.";
            (format!("An app that says it is {name}"), Some(warning.to_owned()))
        }
        ClientKind::Document { host } => {
            (format!("{name}, an app of <strong><bdi>{}</bdi></strong>", text(host)), None)
        }
        // The id is in the address of every sign-in, so it vouches for nobody.
        ClientKind::Preregistered => {
            let warning = "Any app can use this id. Look at where the answer goes.";
            (format!("An app that uses the id of {name} itself"), Some(warning.to_owned()))
        }
    }
}

/// Where a redirect URI leads, and what to beware of.
fn place(redirect_uri: &str) -> (String, Option<String>) {
    let Ok(url) = Url::parse(redirect_uri) else {
        return ("an unknown place".to_owned(), None);
    };
    let local = |shown: String| {
        let warning = "The answer goes to an app on this computer. Any app that runs here \
                       could have asked.";
        (shown, Some(warning.to_owned()))
    };
    let is_web = matches!(url.scheme(), "http" | "https");
    match url.host_str() {
        Some(host @ ("localhost" | "127.0.0.1" | "[::1]")) if is_web => {
            let port = url.port().map_or_else(String::new, |port| format!(":{port}"));
            local(format!("<strong>An app on this computer</strong> ({host}{port})"))
        }
        Some(host) if is_web => (format!("<strong><bdi>{}</bdi></strong>", text(host)), None),
        _ => local(format!(
            "<strong>The app on this computer that opens <bdi>{}:</bdi> links</strong>",
            text(url.scheme())
        )),
    }
}

/// Goes on by itself, without a script.
fn refresh(address: &str) -> String {
    format!("<meta http-equiv=\"refresh\" content=\"0; url={}\">\n", encode_safe(address))
}

/// Text of others: cut, without what turns or hides text, escaped.
fn text(unverified: &str) -> String {
    let turns = |c: char| matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
    let shown: String =
        unverified.chars().filter(|c| !c.is_control() && !turns(*c)).take(MAX_SHOWN).collect();
    encode_safe(&shown).into_owned()
}

fn document(title: &str, head: &str, body: &str) -> String {
    format!(
        "<!doctype html>
<html lang=\"en\">
<head>
<meta charset=\"utf-8\">
<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">
<title>{title}</title>
{head}<style>{STYLE}</style>
</head>
<body>
<main>
{body}
</main>
</body>
</html>
"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oauth::test_server::{client, settings};

    fn page(name: &str, kind: ClientKind, redirect_uri: &str) -> String {
        let client = Client { name: name.to_owned(), kind, ..client() };
        consent(&Question {
            settings: &settings(),
            client: &client,
            redirect_uri,
            request: "r",
            csrf: "c",
        })
    }

    #[test]
    fn row_76_a_clients_name_is_text_and_short() {
        let evil = format!(
            "<script>alert(1)</script>\"'&\u{202e}\u{200b}\u{7}\n{}",
            "long ".repeat(1_000)
        );
        let page = page(&evil, ClientKind::Registered, "https://app.test/cb");
        assert!(!page.contains("<script") && page.contains("&lt;script&gt;"));
        for hidden in ['\u{202e}', '\u{200b}', '\u{7}'] {
            assert!(!page.contains(hidden));
        }
        assert!(page.len() < 8_000, "{}", page.len());
        assert!(page.contains("An app that says it is") && page.contains("class=\"warning\""));
    }

    #[test]
    fn the_page_says_where_the_answer_goes() {
        let document = || ClientKind::Document { host: "claude.ai".into() };
        let web = page("Claude", document(), "https://claude.ai/api/mcp/auth_callback");
        assert!(web.contains("an app of <strong><bdi>claude.ai"));
        assert!(!web.contains("class=\"warning\""));
        for (local, host) in [
            ("http://127.0.0.1:33418/", "127.0.0.1:33418"),
            ("http://localhost/cb", "localhost"),
            ("http://[::1]:1/cb", "[::1]:1"),
        ] {
            let page = page("Claude Code", document(), local);
            let shown = format!("<strong>An app on this computer</strong> ({host})");
            assert!(page.contains(&shown), "{local}");
            assert!(page.contains("class=\"warning\""), "{local}");
        }
        let scheme = page("Cursor", document(), "cursor://anysphere.cursor-mcp/oauth/callback");
        assert!(scheme.contains("<bdi>cursor:</bdi> links") && scheme.contains("class=\"warning"));
        let look_alike = page("x", document(), "https://cl\u{430}ude.ai/cb");
        assert!(look_alike.contains("xn--"), "an IDN host is shown as it is sent");
    }

    #[test]
    fn the_page_can_be_used_without_seeing_it() {
        let page = page("Claude", ClientKind::Preregistered, "https://claude.ai/cb");
        assert!(page.contains("<html lang=\"en\">") && page.contains("width=device-width"));
        assert_eq!(page.matches("<h1").count(), 1);
        assert!(!page.contains("<script") && !page.contains("src=") && !page.contains("<link"));
        assert!(page.contains("value=\"allow\">Allow</button>"));
        assert!(page.contains("value=\"deny\">Cancel</button>"));
        assert!(page.contains("files that you can open") && page.contains("cannot change"));
        assert!(STYLE.contains(":focus-visible") && STYLE.contains("prefers-color-scheme: dark"));
        assert!(!STYLE.contains("@import") && !STYLE.contains("url("));
    }

    #[test]
    fn an_address_cannot_leave_its_attribute() {
        for page in [back_to_client("app://x?a=\"><b>'", true), to_entra("https://x/\"><b>'")] {
            assert!(!page.contains("<b>"), "{page}");
        }
    }
}
