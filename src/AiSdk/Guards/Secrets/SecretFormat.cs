using System.Buffers;

namespace AiSdk;

/// <summary>A kind of key that is known by how it begins and how long it is.</summary>
/// <param name="Kind">What it is, for people.</param>
/// <param name="Prefix">How it begins.</param>
/// <param name="Characters">What the rest consists of.</param>
/// <param name="Min">How long the rest is at least.</param>
/// <param name="Max">How long it is at most.</param>
internal sealed record SecretFormat(string Kind, string Prefix, SearchValues<char> Characters, int Min, int Max)
{
    private const int MaxKey = 512;

    private static readonly SearchValues<char> _upper = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");
    private static readonly SearchValues<char> _hex = SearchValues.Create("0123456789abcdef");
    private static readonly SearchValues<char> _word = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789");
    private static readonly SearchValues<char> _dashed = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-");
    private static readonly SearchValues<char> _dotted = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.");

    /// <summary>The formats, those with the longer prefixes first.</summary>
    public static readonly SecretFormat[] All =
    [
        .. new SecretFormat[]
        {
            new("AWS access key", "AKIA", _upper, 16, 16), new("AWS access key", "ASIA", _upper, 16, 16), new("AWS access key", "ABIA", _upper, 16, 16), new("AWS access key", "ACCA", _upper, 16, 16),
            new("GitHub token", "ghp_", _word, 36, 255), new("GitHub token", "gho_", _word, 36, 255), new("GitHub token", "ghu_", _word, 36, 255), new("GitHub token", "ghs_", _word, 36, 255), new("GitHub token", "ghr_", _word, 36, 255),
            new("GitHub token", "github_pat_", _dashed, 50, 255), new("GitLab token", "glpat-", _dashed, 20, 64), new("GitLab token", "gldt-", _dashed, 20, 64),
            new("Slack token", "xoxb-", _dashed, 20, 255), new("Slack token", "xoxp-", _dashed, 20, 255), new("Slack token", "xoxa-", _dashed, 20, 255), new("Slack token", "xoxr-", _dashed, 20, 255), new("Slack token", "xoxs-", _dashed, 20, 255),
            new("Slack token", "xapp-", _dashed, 20, 255), new("Stripe key", "sk_live_", _word, 16, 255), new("Stripe key", "rk_live_", _word, 16, 255), new("Stripe key", "sk_test_", _word, 16, 255), new("Stripe key", "rk_test_", _word, 16, 255),
            new("Stripe webhook secret", "whsec_", _word, 24, 255), new("Anthropic key", "sk-ant-", _dashed, 24, 255), new("OpenAI key", "sk-proj-", _dashed, 24, 255), new("OpenAI key", "sk-", _word, 32, 255), new("Google API key", "AIza", _dashed, 35, 35),
            new("Google OAuth secret", "GOCSPX-", _dashed, 20, 64), new("Google OAuth token", "ya29.", _dashed, 20, 512), new("npm token", "npm_", _word, 36, 36), new("PyPI token", "pypi-", _dashed, 50, 255), new("SendGrid key", "SG.", _dotted, 60, 70),
            new("Hugging Face token", "hf_", _word, 30, 64), new("DigitalOcean token", "dop_v1_", _hex, 64, 64), new("DigitalOcean token", "doo_v1_", _hex, 64, 64), new("Shopify token", "shpat_", _word, 32, 32), new("Shopify token", "shpss_", _word, 32, 32),
            new("Twilio key", "SK", _hex, 32, 32), new("Square token", "EAAA", _dashed, 60, 64), new("Square token", "sq0atp-", _dashed, 22, 43), new("Square token", "sq0csp-", _dashed, 43, 43), new("Mailgun key", "key-", _hex, 32, 32),
            new("Groq key", "gsk_", _word, 40, 64), new("Databricks token", "dapi", _hex, 32, 34), new("Linear key", "lin_api_", _word, 40, 40), new("Notion token", "secret_", _word, 43, 43), new("Notion token", "ntn_", _word, 40, 60),
            new("Docker token", "dckr_pat_", _dashed, 24, 64), new("Atlassian token", "ATATT3", _dotted, 60, 255), new("Doppler token", "dp.pt.", _word, 40, 44), new("age secret key", "AGE-SECRET-KEY-1", _upper, 58, 58),
            new("JSON web token", "eyJ", _dotted, 40, MaxKey),
        }.OrderByDescending(static format => format.Prefix.Length),
    ];

    /// <summary>Whether something begins like a key of any format.</summary>
    public static readonly SearchValues<char> Firsts = SearchValues.Create(string.Concat(All.Select(static format => format.Prefix[0]).Distinct()));
}
