namespace AiSdk.Analyzers;

/// <summary>The ids of all diagnostics, each named for what is to be done. An id never changes its meaning and is never used again.</summary>
/// <remarks>
/// 0001–0049 declaration, 0050–0099 use of the generated code, 0100–0129 prompts, 0130–0149 prompt files, 0200–0219 types of replies, 0220–0229 examples, 0240–0249 provider profiles,
/// 0300–0399 tools, 0400–0499 guards, 0500–0599 lock file, 9001–9099 suppressions.
/// </remarks>
internal static class DiagnosticIds
{
    public const string LetAClassImplementTheInterface = "AISDK0001";
    public const string DeclareOnlyMethods = "AISDK0002";
    public const string GiveTheFunctionAPrompt = "AISDK0003";
    public const string ReturnWhatAFunctionCanGive = "AISDK0004";
    public const string TakeParametersThatAModelCanBeShown = "AISDK0005";
    public const string TakeOneParameterOfAKind = "AISDK0006";
    public const string MakeOneFunctionPerType = "AISDK0007";
    public const string CorrectTheOptions = "AISDK0008";
    public const string PutTheCancellationTokenLast = "AISDK0009";
    public const string RemoveUnusedOptions = "AISDK0010";
    public const string GiveReasoningAField = "AISDK0020";
    public const string DeliberateOnValues = "AISDK0021";
    public const string LetTheSamplesDiffer = "AISDK0022";
    public const string ShowTheReasoningInExamples = "AISDK0023";

    public const string EnumerateTheStream = "AISDK0050";
    public const string AwaitTheFunction = "AISDK0051";
    public const string LookAtTheRepairs = "AISDK0052";
    public const string CallInABatch = "AISDK0053";

    public const string CorrectTheTemplate = "AISDK0100";
    public const string NameAParameter = "AISDK0101";
    public const string NameAMember = "AISDK0102";
    public const string ShowTheValueInASupportedWay = "AISDK0103";
    public const string LoopOverAList = "AISDK0104";
    public const string AskForSomethingThatCanBeFalse = "AISDK0105";
    public const string KeepUntrustedTextOutOfTheSystemPrompt = "AISDK0106";
    public const string UseTheParameter = "AISDK0107";
    public const string DoubleTheBraces = "AISDK0108";
    public const string KeepUntrustedTextInsideItsDelimiter = "AISDK0109";
    public const string PutWhatChangesLast = "AISDK0110";
    public const string ShortenThePrompt = "AISDK0111";
    public const string AskForTheFormatOfTheReturnType = "AISDK0112";
    public const string NameWhatTheReturnTypeHas = "AISDK0113";
    public const string WriteThePrompt = "AISDK0114";

    public const string ReturnATypeThatCanBeRead = "AISDK0200";
    public const string UseStringKeys = "AISDK0201";
    public const string GiveTheValueAType = "AISDK0202";
    public const string TellTheAlternativesApart = "AISDK0203";
    public const string NameTheDerivedTypes = "AISDK0204";
    public const string TellEnumValuesApart = "AISDK0205";
    public const string LetTheRecursionEnd = "AISDK0206";
    public const string DescribeTheOtherPropertiesToo = "AISDK0207";

    public const string CorrectTheExample = "AISDK0220";

    public const string MindWhatTheProviderDrops = "AISDK0240";
    public const string AvoidWhatTheProviderRefuses = "AISDK0241";
    public const string NameAKnownProfile = "AISDK0242";

    public const string NameAFileThatIsThere = "AISDK0130";
    public const string CorrectTheFrontMatter = "AISDK0131";
    public const string GiveTheKeyAValueThatItTakes = "AISDK0132";
    public const string RemoveTheKeyWithoutEffect = "AISDK0133";
    public const string LetFileAndDeclarationAgree = "AISDK0134";
    public const string RemoveTheDefaultWithoutEffect = "AISDK0135";
    public const string AddThePartial = "AISDK0136";
    public const string WriteThePromptInItsFile = "AISDK0137";
    public const string UseThePromptFile = "AISDK0138";

    public const string LetTheToolBeCalled = "AISDK0300";
    public const string TakeArgumentsThatAModelCanWrite = "AISDK0301";
    public const string DescribeTheTool = "AISDK0302";
    public const string DescribeTheArguments = "AISDK0303";
    public const string TellTheToolsApart = "AISDK0304";
    public const string StateTheEffect = "AISDK0305";
    public const string GiveWhatAModelCanBeShown = "AISDK0306";
    public const string OfferATypeWithTools = "AISDK0307";
    public const string OfferToolsOfDifferentNames = "AISDK0308";

    public const string LetTheStreamFlow = "AISDK0400";
    public const string GuardTheSensitiveParameter = "AISDK0401";
    public const string WriteTheStubOfTheGuard = "AISDK0402";
    public const string CorrectTheGuard = "AISDK0403";
    public const string PassWhatIsHiddenAsText = "AISDK0404";

    public const string CorrectTheLockFile = "AISDK0500";
    public const string LockTheChangedPrompt = "AISDK0501";
    public const string KeepStoredRepliesReadable = "AISDK0502";
    public const string LockTheChangedType = "AISDK0503";
    public const string LockTheChangedOptions = "AISDK0504";
    public const string LockTheNewFunction = "AISDK0505";
    public const string UnlockTheFunctionThatIsGone = "AISDK0506";
    public const string LockTheChangedTools = "AISDK0507";
    public const string EvaluateTheChangedPrompt = "AISDK0508";

    public const string EvaluateWhatCasesCanGive = "AISDK0520";
    public const string CorrectTheCase = "AISDK0521";
    public const string NameEachCaseOnce = "AISDK0522";
    public const string NameAFileOfCases = "AISDK0523";
    public const string ReferenceTheEvaluation = "AISDK0524";

    public const string NameTheQuery = "AISDK0600";
    public const string CorrectTheRetrieval = "AISDK0601";
    public const string ShowThePassagesThatAreCited = "AISDK0602";
}
