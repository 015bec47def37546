using AiSdk.Tests;
using Microsoft.Playwright;
using Xunit;

namespace AiSdk.BankDesk.Tests;

/// <summary>Debian's Chromium, without a window. Where it is not installed, tests that need it are skipped; where all must be there, they fail.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    private static string? Executable => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Where(static folder => folder.Length > 0)
        .SelectMany(static folder => new[] { "chromium", "chromium-browser", "google-chrome" }.Select(name => Path.Combine(folder, name)))
        .FirstOrDefault(File.Exists);

    public async ValueTask InitializeAsync()
    {
        if (Executable is not { } executable)
            return;
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = executable });
    }

    /// <summary>A page of its own, with nothing kept from others.</summary>
    internal async Task<IPage> OpenAsync(Desk desk, string path = "", int width = 1440, int height = 900, ColorScheme colors = ColorScheme.Light)
    {
        if (_browser is null)
            TestData.Missing("no browser: install Debian's package chromium, as .ci/run does");
        IBrowserContext context = await _browser!.NewContextAsync(new BrowserNewContextOptions
        {
            ViewportSize = new ViewportSize { Width = width, Height = height },
            ColorScheme = colors,
            ReducedMotion = ReducedMotion.Reduce,
            Locale = "en-GB",
        });
        IPage page = await context.NewPageAsync();
        await page.GotoAsync(desk.Address + path);
        return page;
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        _playwright?.Dispose();
    }
}
