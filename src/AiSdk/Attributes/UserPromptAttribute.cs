namespace AiSdk;

/// <summary>A user message of the function.</summary>
/// <param name="template">The prompt template.</param>
/// <remarks>
/// The template language is Handlebars as Dotprompt uses it. Paths are bound to the method's parameters and their members at build:
/// <list type="table">
/// <item><term><c>{{name}}</c>, <c>{{order.Total}}</c></term><description>a parameter or a member of it, in the invariant culture; records and lists appear as JSON</description></item>
/// <item><term><c>{{order.Total:N2}}</c></term><description>with a .NET format string</description></item>
/// <item><term><c>{{#each items}}…{{else}}…{{/each}}</c></term><description>repeats; inside, <c>{{this}}</c>, <c>{{@index}}</c>, <c>{{@first}}</c>, <c>{{@last}}</c>, <c>{{@key}}</c>, <c>{{../outer}}</c>, and <c>{{#each items as |item|}}</c></description></item>
/// <item><term><c>{{#if premium}}…{{else if trial}}…{{else}}…{{/if}}</c>, <c>{{#unless x}}…{{/unless}}</c></term><description>false, zero, null, empty text and empty lists count as no</description></item>
/// <item><term><c>{{json x}}</c>, <c>{{json x indent=2}}</c></term><description>the value as JSON</description></item>
/// <item><term><c>{{media photo}}</c></term><description>puts a <c>DataContent</c> or <c>UriContent</c> parameter here</description></item>
/// <item><term><c>{{history}}</c></term><description>puts an <c>IReadOnlyList&lt;ChatMessage&gt;</c> parameter here</description></item>
/// <item><term><c>{{role "system"}}</c></term><description>begins a new message of that role (system, user, model)</description></item>
/// <item><term><c>{{! comment }}</c>, <c>\{{</c></term><description>nothing, and two literal braces</description></item>
/// </list>
/// <code>
/// [UserPrompt("""
///     Summarise these orders:
///     {{#each orders}}
///     - {{Id}}: {{Total:N2}} EUR
///     {{/each}}
///     """)]
/// Task&lt;string&gt; SummariseAsync(IReadOnlyList&lt;Order&gt; orders);
/// </code>
/// Nothing else is added to the prompt. Values are inserted as data: text that looks like a template stays text.
/// </remarks>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true, Inherited = false)]
public sealed class UserPromptAttribute(string template) : Attribute
{
    /// <summary>The template as written.</summary>
    public string Template { get; } = template;
}
