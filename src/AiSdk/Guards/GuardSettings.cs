using System.ComponentModel;

namespace AiSdk.CompilerServices;

/// <summary>What the attribute of a guard says. Made by generated code only.</summary>
/// <param name="TimeoutMilliseconds"><see cref="GuardSettingsAttribute.TimeoutMilliseconds"/></param>
/// <param name="OnFailure"><see cref="GuardSettingsAttribute.OnFailure"/></param>
/// <param name="CallsModel"><see cref="GuardSettingsAttribute.CallsModel"/></param>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly record struct GuardSettings(int TimeoutMilliseconds = 0, GuardFailureMode OnFailure = GuardFailureMode.Closed, bool CallsModel = false);
