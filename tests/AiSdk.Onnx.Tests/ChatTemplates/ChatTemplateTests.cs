using Xunit;

namespace AiSdk.Onnx.Tests.ChatTemplates;

/// <summary>What Jinja2 cannot be asked about: errors and their lines, limits, cancellation, threads and input types.</summary>
public sealed class ChatTemplateTests
{
    private static readonly Dictionary<string, object?> s_none = [];

    [Theory]
    [InlineData("a\n{% if x %}\nb", 3, "expected '{% elif %}' or '{% else %}' or '{% endif %}'")]
    [InlineData("a\n\n{{ 1 + }}", 3, "expected an expression")]
    [InlineData("a\n{% foo %}\n", 2, "unknown tag 'foo'; supported are if, for")]
    [InlineData("a\n{% include 'b' %}", 2, "needs other template files")]
    [InlineData("\n{% for x in l %}{% block b %}{% endblock %}{% endfor %}", 2, "'scoped'")]
    [InlineData("\n{% autoescape true %}{% endautoescape %}", 2, "never escaped")]
    [InlineData("{{ 1 }}\n{{ x | nofilter }}", 2, "unknown filter 'nofilter'; supported are abs")]
    [InlineData("\n\n{{ x is notest }}", 3, "unknown test 'notest'; supported are boolean")]
    [InlineData("a\n{# never\nclosed\n", 2, "expected '#}'")]
    [InlineData("a\n{{ 'never\nclosed }}\n", 2, "expected '")]
    [InlineData("a\n{% raw %}\nnever", 2, "expected '{% endraw %}'")]
    [InlineData("{{ a\nb\n", 1, "expected '}}'")]
    [InlineData("\n{{ (1 }}", 2, "unexpected '}'; expected ')'")]
    [InlineData("\n{{ '\\xZZ' }}", 2, "hexadecimal")]
    [InlineData("\n{{ 99999999999999999999 }}", 2, "not an integer of 64 bits")]
    public void A_template_that_does_not_parse_is_refused_with_its_line(string source, int line, string part)
    {
        ChatTemplateException exception = Assert.Throws<ChatTemplateException>(() => ChatTemplate.Parse(source, "model/chat_template.jinja"));
        Assert.Equal(line, exception.Line);
        Assert.Equal("model/chat_template.jinja", exception.TemplateName);
        Assert.False(exception.IsRaisedByTemplate);
        Assert.StartsWith($"chat template 'model/chat_template.jinja', line {line}, column ", exception.Message, StringComparison.Ordinal);
        Assert.Contains(part, exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a\n{{ x.y }}", 2, "'x' is undefined")]
    [InlineData("{{\n  'a'\n  + 1 }}", 3, "'+' does not work on 'str' and 'int'")]
    [InlineData("{% for m in l %}\n\n{{ m.role.name.first }}{% endfor %}", 3, "has no attribute 'name'")]
    [InlineData("{% macro m() %}\n{{ 1 / 0 }}\n{% endmacro %}\n\n{{ m() }}", 2, "division by zero")]
    [InlineData("\n{{ l.append(1) }}", 2, "namespace()")]
    [InlineData("\n\n{% set l.a = 1 %}", 3, "'l' is not a namespace()")]
    [InlineData("\n{{ l | join(sep=',') }}", 2, "'join' has no argument 'sep'; its arguments are d, attribute")]
    [InlineData("\n{{ 9223372036854775807 + 1 }}", 2, "64 bits")]
    [InlineData("\n{{ 'a' | int(base='x') }}", 2, "the argument 'base' of 'int' must be an integer, not 'str'")]
    [InlineData("\n{{ self }}", 2, "'self'")]
    [InlineData("\n{{ 5 .to_bytes() }}", 2, "the method 'to_bytes' of 'int' is not supported")]
    [InlineData("\n{{ 'a'.encode('utf-8') }}", 2, "'encode'")]
    [InlineData("\n{{ unsupported }}", 2, "System.DateTime is not a template value")]
    public void A_rendering_that_fails_says_where_and_why(string source, int line, string part)
    {
        Dictionary<string, object?> variables = new(StringComparer.Ordinal)
        {
            ["l"] = new List<object?> { new Dictionary<string, object?> { ["role"] = "user" } },
            ["unsupported"] = DateTime.UnixEpoch,
        };
        ChatTemplateException exception = Assert.Throws<ChatTemplateException>(() => Render(source, variables));
        Assert.Equal(line, exception.Line);
        Assert.Contains(part, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Raise_exception_gives_the_templates_own_message()
    {
        ChatTemplateException exception = Assert.Throws<ChatTemplateException>(() => Render("\n{{ raise_exception('Roles must alternate') }}", s_none));
        Assert.Equal("Roles must alternate", exception.Message);
        Assert.True(exception.IsRaisedByTemplate);
        Assert.Equal(2, exception.Line);
    }

    [Theory]
    [InlineData("{% for i in range(10**9) %}{% endfor %}", "exceeds the limit of 100000")]
    [InlineData("{% for i in range(100000) %}{% for j in range(100000) %}{% endfor %}{% endfor %}", "budget")]
    [InlineData("{% for i in range(100000) %}{% for j in range(100000) %}x{% endfor %}{% endfor %}", "limit|budget")]
    [InlineData("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "nested deeper")]
    [InlineData("{% set ns = namespace(s='x') %}{% for i in range(100) %}{% set ns.s = ns.s + ns.s %}{% endfor %}", "exceeds the limit")]
    [InlineData("{% set ns = namespace(l=[1]) %}{% for i in range(100) %}{% set ns.l = ns.l + ns.l %}{% endfor %}", "budget")]
    [InlineData("{% set ns = namespace(l=[]) %}{% for i in range(100) %}{% set ns.l = [ns.l, ns.l] %}{% endfor %}{{ ns.l }}", "limit|budget")]
    [InlineData("{% set ns = namespace(l=[]) %}{% for i in range(100) %}{% set ns.l = [ns.l, ns.l] %}{% endfor %}{{ ns.l | tojson }}", "limit|budget")]
    [InlineData("{% set ns = namespace(l=[], m=[]) %}{% for i in range(100) %}{% set ns.l = [ns.l, ns.l] %}{% set ns.m = [ns.m, ns.m] %}{% endfor %}{{ ns.l == ns.m }}", "budget")]
    [InlineData("{% set ns = namespace(l=[]) %}{% for i in range(50000) %}{% set ns.l = [ns.l] %}{% endfor %}{{ ns.l }}", "nested deeper")]
    [InlineData("{% set ns = namespace(l=[], m=[]) %}{% for i in range(50000) %}{% set ns.l = [ns.l] %}{% set ns.m = [ns.m] %}{% endfor %}{{ ns.l < ns.m }}", "nested deeper")]
    [InlineData("{% set ns = namespace() %}{% set ns.a = ns %}{{ ns }}", "nested deeper")]
    [InlineData("{% set ns = namespace(i=[1]) %}{% for i in range(50000) %}{% set ns.i = ns.i | map('string') %}{% endfor %}{{ ns.i | list }}", "nested deeper|thread's stack")]
    [InlineData("{{ 'x' * 10**18 }}", "exceeds the limit")]
    [InlineData("{{ [1, 2] * 10**18 }}", "budget")]
    [InlineData("{{ 'a' | center(10**12) }}", "exceeds the limit")]
    [InlineData("{{ '%999999999d' % 1 }}", "exceeds the limit")]
    [InlineData("{{ '{:>999999999}'.format(1) }}", "exceeds the limit")]
    [InlineData("{{ 'aaaaaaaaaaaaaaaa'.replace('a', 'x' * 10**7) }}", "exceeds the limit")]
    [InlineData("{% set h = 'a' * 8000000 %}{% set n = 'a' * 2000000 ~ 'b' ~ 'a' * 2000000 %}{{ n in h }}", "budget")]
    [InlineData("{{ 2 ** 100 }}", "64 bits")]
    public void Hostile_templates_are_stopped(string source, string parts)
    {
        // The limits are counts, so that which of them ended it says that it ended in time, on any machine.
        ChatTemplateException exception = Assert.Throws<ChatTemplateException>(() => Render(source, s_none));
        Assert.Contains(parts.Split('|'), part => exception.Message.Contains(part, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("(", ")")]
    [InlineData("[", "]")]
    [InlineData("not ", "")]
    [InlineData("-", "")]
    [InlineData("1 if 1 else ", "")]
    [InlineData("x(", ")")]
    public void Deeply_nested_source_is_refused(string open, string close)
    {
        string source = "{{ " + string.Concat(Enumerable.Repeat(open, 100_000)) + "1" + string.Concat(Enumerable.Repeat(close, 100_000)) + " }}";
        Assert.Contains("nested deeper", Assert.Throws<ChatTemplateException>(() => ChatTemplate.Parse(source, "t")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1", " - 1")]
    [InlineData("x", ".a")]
    [InlineData("x", " | upper")]
    [InlineData("x", " or y")]
    [InlineData("x", "[0]")]
    [InlineData("1", " if 1")]
    public void Long_chains_are_refused(string first, string link)
    {
        string source = "{{ " + first + string.Concat(Enumerable.Repeat(link, 100_000)) + " }}";
        Assert.Throws<ChatTemplateException>(() => Render(source, s_none));
    }

    [Fact]
    public void Long_sums_and_many_branches_are_no_nesting()
    {
        Assert.Equal(new string('a', 5000), Render("{{ " + string.Join(" + ", Enumerable.Repeat("'a'", 5000)) + " }}", s_none));
        Assert.Equal(new string('a', 5000), Render("{{ " + string.Join(" ~ ", Enumerable.Repeat("'a'", 5000)) + " }}", s_none));
        Assert.Equal("z", Render("{% if 0 %}" + string.Concat(Enumerable.Repeat("{% elif 0 %}a", 5000)) + "{% else %}z{% endif %}", s_none));
    }

    [Fact]
    public void Cancellation_stops_a_rendering()
    {
        using CancellationTokenSource source = new();
        source.Cancel();
        ChatTemplate template = ChatTemplate.Parse("{% for i in range(100000) %}{{ i }}{% endfor %}", "t");
        Assert.Throws<OperationCanceledException>(() => template.Render(s_none, null, source.Token));
    }

    [Fact]
    public void One_template_serves_many_threads()
    {
        ChatTemplate template = ChatTemplate.Parse(
            "{% set ns = namespace(n=0) %}{% macro m(x) %}<{{ x }}>{% endmacro %}{% for i in items %}{% set ns.n = ns.n + i %}{{ m(i) }}{% endfor %}{{ ns.n }}", "t");
        Parallel.For(0, 500, new ParallelOptions { CancellationToken = TestContext.Current.CancellationToken }, n =>
        {
            List<object?> items = [.. Enumerable.Range(0, 50).Select(i => (object?)(long)(i + n))];
            string expected = string.Concat(items.Select(item => $"<{item}>")) + items.Sum(item => (long)item!);
            Assert.Equal(expected, template.Render(new Dictionary<string, object?> { ["items"] = items }, null, TestContext.Current.CancellationToken));
        });
    }

    [Fact]
    public void Dictionaries_keep_their_order_and_lists_may_be_arrays()
    {
        Dictionary<string, object?> variables = new(StringComparer.Ordinal)
        {
            ["d"] = new Dictionary<string, object?> { ["z"] = 1, ["a"] = 2.5f, ["m"] = new[] { "x", "y" } },
        };
        Assert.Equal("{\"z\": 1, \"a\": 2.5, \"m\": [\"x\", \"y\"]}", Render("{{ d | tojson }}", variables));
        Assert.Equal("{'z': 1, 'a': 2.5, 'm': ['x', 'y']}", Render("{{ d }}", variables));
    }

    [Fact]
    public void The_clock_is_the_callers_in_its_time_zone()
    {
        Assert.Equal("10 Jul 2025", ChatTemplate.Parse("{{ strftime_now('%d %b %Y') }}", "t").Render(s_none, FixedTime.Instance, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Unpaired_surrogates_do_no_harm()
    {
        Dictionary<string, object?> variables = new(StringComparer.Ordinal) { ["s"] = "a\uD83Db\uDE00" };
        Assert.Equal("4|a\uD83Db\uDE00|\uDE00b\uD83Da|A", Render("{{ s | length }}|{{ s }}|{{ s[::-1] }}|{{ s[0] | upper }}", variables));
        Assert.NotEmpty(Render("{{ s | upper }}{{ s | tojson }}{{ [s] }}{{ s | title }}{{ s.strip('b') }}{{ s.isalpha() }}{{ s | wordcount }}{{ s.swapcase() }}{{ s | urlencode }}{{ s.casefold() }}{{ s | capitalize }}", variables));
    }

    private static string Render(string source, IReadOnlyDictionary<string, object?> variables) =>
        ChatTemplate.Parse(source, "t").Render(variables, FixedTime.Instance, TestContext.Current.CancellationToken);
}
