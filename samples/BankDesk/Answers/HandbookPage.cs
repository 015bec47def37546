namespace BankDesk.Answers;

/// <summary>A page of the handbook.</summary>
/// <param name="Key">Its file's name, which passages give as their source.</param>
/// <param name="Number"><c>HB-105</c>, as other pages refer to it.</param>
/// <param name="Title">Its title.</param>
/// <param name="Text">All of its Markdown. Places in it are counted in UTF-16, as JavaScript does.</param>
internal sealed record HandbookPage(string Key, string Number, string Title, string Text);
