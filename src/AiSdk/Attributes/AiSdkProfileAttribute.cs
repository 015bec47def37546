namespace AiSdk;

/// <summary>
/// Says where the functions of this assembly run, so that the compiler can tell what such a provider makes of their return types: which keywords of the schema it drops, and which schemas it
/// refuses (AISDK0240, AISDK0241). Nothing changes at run time, where <see cref="ModelProfile.Schema"/> rewrites by the same list, and what a provider drops is checked by the generated code.
/// </summary>
/// <param name="profiles">The providers.</param>
/// <remarks>
/// <code>[assembly: AiSdkProfile(ProviderProfile.OpenAIStrict, ProviderProfile.Local)]</code>
/// The MSBuild property <c>AiSdkProviderProfiles</c> says the same, as names with semicolons between them; both together add up.
/// </remarks>
[AttributeUsage(AttributeTargets.Assembly, AllowMultiple = true)]
public sealed class AiSdkProfileAttribute(params ProviderProfile[] profiles) : Attribute
{
    /// <summary>The providers.</summary>
    public IReadOnlyList<ProviderProfile> Profiles { get; } = profiles;
}
