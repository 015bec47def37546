namespace AiSdk;

/// <summary>
/// Marks an interface whose methods are AI functions. The compiler generates a class that implements it over an
/// <see cref="Microsoft.Extensions.AI.IChatClient"/>, named like the interface without its leading <c>I</c>.
/// </summary>
/// <remarks>
/// <code>
/// [AiFunctions]
/// public interface ISupportDesk
/// {
///     [SystemPrompt("You route customer messages for {{bank}}.")]
///     [UserPrompt("{{message}}")]
///     Task&lt;Intent&gt; RouteAsync(string message, [Trusted] string bank, CancellationToken cancellationToken = default);
/// }
///
/// ISupportDesk desk = new SupportDesk(chatClient);   // or services.AddSupportDesk()
/// </code>
/// The generated class is as accessible as the interface, <c>sealed</c>, <c>partial</c>, and safe for concurrent calls when the
/// chat client is. An interface inside another type needs its containing types to be <c>partial</c>.
/// </remarks>
[AttributeUsage(AttributeTargets.Interface, Inherited = false)]
public sealed class AiFunctionsAttribute : Attribute;
