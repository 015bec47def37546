using Microsoft.AspNetCore.Http;

namespace BankDesk.Web;

/// <summary>Keeps pages of other sites out: the desk has no sign-in and serves this machine only.</summary>
internal static class LocalOnly
{
    // No script, style or request but our own; nothing that the page shows can become one.
    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /// <summary>Refuses requests that another site's page has sent, and tells browsers what ours may do.</summary>
    public static async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        IHeaderDictionary headers = context.Response.Headers;
        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers.CacheControl = "no-store";
        if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method))
        {
            if (IsForeign(context.Request))
            {
                await RefuseAsync(context, StatusCodes.Status403Forbidden, "Only the desk's own page may change something.");
                return;
            }
            // What a form of another site can send without asking first is none of ours.
            if (!HttpMethods.IsDelete(context.Request.Method) && !context.Request.HasJsonContentType())
            {
                await RefuseAsync(context, StatusCodes.Status415UnsupportedMediaType, "The body must be application/json.");
                return;
            }
        }
        await next(context);
    }

    private static bool IsForeign(HttpRequest request)
    {
        string site = request.Headers["Sec-Fetch-Site"].ToString();
        if (site is not ("" or "same-origin" or "none"))
            return true;
        string origin = request.Headers.Origin.ToString();
        return origin.Length > 0 && !string.Equals(origin, $"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase);
    }

    private static Task RefuseAsync(HttpContext context, int status, string error)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsJsonAsync(new ErrorView(error), DeskJson.Default.ErrorView, cancellationToken: context.RequestAborted);
    }
}
