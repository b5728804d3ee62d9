//! How people sign in, and where their upstream tokens come from.

use std::sync::Arc;
use std::sync::atomic::AtomicI64;

use super::scopes::Scopes;
use crate::audit::CallerProof;
use crate::clock::Clock;
use crate::config::{ConfigError, Modes, Settings, Vars};
use crate::connector::Connector;
use crate::edge::SignedIn;
use crate::http_client::HttpClient;
use crate::identity::{
    Caller, ClientCredentials, CodeFlow, EntraSettings, KeyStore, OnBehalfOf, TokenEndpoint,
    TokenEndpointLimits, Verdicts, Verifier,
};
use crate::oauth::{
    AuthorizationServer, ClientSettings, DocumentHosts, OAuthSettings, RedirectRules, ServerParts,
    prompt,
};
use crate::seal::LiveKeyring;
use crate::store::{KillSwitch, Store};
use crate::token_cache::{RecentRefusals, TokenCache};
use crate::tokens::{OnBehalfOfTokens, UpstreamTokens};

/// How people sign in, and where their upstream tokens come from.
pub(super) struct Identity {
    pub(super) signed_in: SignedIn,
    pub(super) proof: CallerProof,
    pub(super) tokens: UpstreamTokens,
    /// Our own authorization server, in proxy mode.
    pub(super) oauth: Option<Arc<AuthorizationServer>>,
    /// Issuer and scope for the resource document.
    pub(super) issuer: String,
    pub(super) scope: String,
}

/// What identities are made from.
pub(super) struct Ground<'a> {
    pub(super) vars: &'a Vars,
    pub(super) settings: &'a Settings,
    pub(super) http_client: &'a HttpClient,
    pub(super) store: &'a Store,
    pub(super) keyring: &'a LiveKeyring,
    pub(super) kill_switch: &'a KillSwitch,
    pub(super) clock: &'a Clock,
}

impl Identity {
    /// Nobody signs in: a laptop with one fixed upstream token.
    pub(super) fn debug(vars: &Vars, settings: &Settings) -> Result<Self, ConfigError> {
        const NAME: &str = "GRAPH_DEBUG_TOKEN";
        let token = vars
            .get(NAME)
            .ok_or_else(|| ConfigError::new(NAME, "is required when ENABLE_OAUTH=false"))?;
        Ok(Self {
            signed_in: SignedIn::Debug(Box::new(Caller::debug())),
            proof: CallerProof::Debug,
            tokens: UpstreamTokens::fixed(token),
            issuer: settings.base_url.clone(),
            scope: String::new(),
            oauth: None,
        })
    }

    /// People sign in with Entra, directly or through our own authorization server.
    pub(super) async fn entra<C: Connector>(
        ground: &Ground<'_>,
        modes: Modes,
        keys: impl AsyncFnOnce(&Arc<EntraSettings>) -> Arc<KeyStore>,
        cache: TokenCache,
    ) -> Result<Self, ConfigError> {
        let Ground { vars, settings, clock, .. } = *ground;
        let entra = Arc::new(EntraSettings::from_vars(vars)?);
        let Scopes { required, wanted } = Scopes::from_vars(vars, C::DEFAULT_SCOPES)?;
        let credentials = ClientCredentials::from_vars(vars, None, clock).await?;
        // Keys that cannot be had now are fetched with the first token.
        let keys = keys(&entra).await;
        let endpoint = Arc::new(TokenEndpoint::new(
            entra.clone(),
            credentials,
            ground.http_client.clone(),
            clock.clone(),
            TokenEndpointLimits::default(),
        ));
        let oauth = if modes.proxy {
            Some(Arc::new(authorization_server::<C>(ground, &entra, &keys, &endpoint)?))
        } else {
            None
        };
        let sessions = oauth.as_ref().map(|server| server.sessions.clone());
        let (issuer, scope) = if modes.proxy {
            (settings.base_url.clone(), entra.required_scope.clone())
        } else {
            (format!("{}/{}/v2.0", entra.authority, entra.tenant_id), entra.full_scope())
        };
        let tokens = OnBehalfOfTokens {
            exchange: OnBehalfOf::new(endpoint),
            cache,
            refusals: RecentRefusals::new(clock.clone()),
            verdicts: Verdicts::new(clock.clone()),
            sessions: sessions.clone(),
            connector: C::NAME,
            authority: entra.authority.clone(),
            client_id: entra.client_id.clone(),
            required,
            wanted,
            without_optional_until_s: AtomicI64::new(0),
            clock: clock.clone(),
        };
        let direct = modes.direct.then(|| Arc::new(Verifier::new(entra, keys, clock.clone())));
        Ok(Self {
            signed_in: SignedIn::Bearer { direct, proxy: sessions },
            proof: CallerProof::Verified,
            tokens: UpstreamTokens::OnBehalfOf(Box::new(tokens)),
            oauth,
            issuer,
            scope,
        })
    }
}

fn authorization_server<C: Connector>(
    ground: &Ground<'_>,
    entra: &Arc<EntraSettings>,
    keys: &Arc<KeyStore>,
    endpoint: &Arc<TokenEndpoint>,
) -> Result<AuthorizationServer, ConfigError> {
    let Ground { vars, settings, store, keyring, kill_switch, clock, .. } = *ground;
    let of_clients = ClientSettings {
        own_id: entra.client_id.clone(),
        title: C::TITLE,
        redirects: RedirectRules::from_vars(vars)?,
        document_hosts: DocumentHosts::from_vars(vars, settings.environment)?,
    };
    let oauth = OAuthSettings::from_vars::<C>(vars, settings, &entra.required_scope)?;
    let redirect_uri = format!("{}/oauth/callback", settings.base_url);
    let code_flow = CodeFlow::new(endpoint.clone(), redirect_uri, prompt(vars)?);
    // Entra gives the tokens of our own sign-in to us, and to no other client.
    let ours =
        EntraSettings { allowed_clients: vec![entra.client_id.clone()], ..entra.as_ref().clone() };
    let verifier = Arc::new(Verifier::new(Arc::new(ours), keys.clone(), clock.clone()));
    Ok(AuthorizationServer::new(ServerParts {
        settings: oauth,
        clients: of_clients,
        code_flow,
        verifier,
        kill_switch: kill_switch.clone(),
        store: store.clone(),
        keyring: keyring.clone(),
        clock: clock.clone(),
    }))
}
