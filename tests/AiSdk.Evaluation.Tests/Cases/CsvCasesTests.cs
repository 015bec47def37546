using System.Globalization;
using System.Text;
using AiSdk.Evaluation.Tests.Support;
using Xunit;

namespace AiSdk.Evaluation.Tests.Cases;

/// <summary>Cases from comma-separated values, as spreadsheets and RFC 4180 write them.</summary>
public sealed class CsvCasesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string File => _folder.Path("cases.csv");

    private async Task<EvalCase<Payment, Topic>[]> ReadAsync(string text, bool isMarked = false)
    {
        await System.IO.File.WriteAllTextAsync(File, text, new UTF8Encoding(isMarked), TestContext.Current.CancellationToken);
        return await EvalCases.ReadCsvAsync(
            File,
            static row => new EvalCase<Payment, Topic>(
                row["id"],
                new Payment(row["message"], decimal.Parse(row["amount"], CultureInfo.InvariantCulture), DateOnly.Parse(row["day"], CultureInfo.InvariantCulture), bool.Parse(row["sent"])),
                Enum.Parse<Topic>(row["topic"]))
            {
                Tags = row["tags"].Split(' ', StringSplitOptions.RemoveEmptyEntries),
            },
            TestContext.Current.CancellationToken).ToArrayAsync(TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData("\n", false)]
    [InlineData("\n", true)]
    [InlineData("\r\n", false)]
    [InlineData("\r\n", true)]
    public async Task Quotes_commas_and_line_ends_stand_in_fields_and_columns_have_types(string lineEnd, bool isMarked)
    {
        // Headers in another case and order than they are asked for; the last row has no line end.
        string text = string.Join(
            lineEnd,
            "ID,Topic , Message,amount,day,sent,tags",
            "1,Refund,plain,12.50,2026-05-03,true,short",
            "2,Card,\"commas, and \"\"quotes\"\"\",-3,2026-12-31,false,\"a b\"",
            "\"3\",\"Card\",\"one",
            "",
            "three, the \"\"third\"\"\",1000000,0001-01-01,True,",
            "",
            "4,Refund,\"\"\"all\"\"\",0,2026-01-01,FALSE, long ",
            "5,Refund,,0,2026-01-01,true,",
            "6,Card,\"\",0,2026-01-01,true,é\u00a0ü",
            "7,Card,4\" screen,0,2026-01-01,true,x");

        EvalCase<Payment, Topic>[] cases = await ReadAsync(text, isMarked);

        Assert.Equal(["1", "2", "3", "4", "5", "6", "7"], cases.Select(static c => c.Id));
        // A line end in a field is always the same: inputs are hashed, and a checkout may change it.
        Assert.Equal(["plain", "commas, and \"quotes\"", "one\n\nthree, the \"third\"", "\"all\"", "", "", "4\" screen"], cases.Select(static c => c.Input.Message));
        Assert.Equal([12.50m, -3, 1_000_000, 0, 0, 0, 0], cases.Select(static c => c.Input.Amount));
        Assert.Equal([new DateOnly(2026, 5, 3), new DateOnly(2026, 12, 31), DateOnly.MinValue], cases.Take(3).Select(static c => c.Input.Day));
        Assert.Equal([true, false, true, false], cases.Take(4).Select(static c => c.Input.IsSent));
        Assert.Equal([Topic.Refund, Topic.Card, Topic.Card, Topic.Refund], cases.Take(4).Select(static c => c.Expected));
        Assert.Equal(["short", "a,b", "", "long", "", "é\u00a0ü", "x"], cases.Select(static c => string.Join(',', c.Tags)));
    }

    // The second row is behind one of two lines, so that rows and lines differ.
    [Theory]
    [InlineData("2,Card,x,much,2026-01-01,true,", 4, "much")]
    [InlineData("2,Card,x,99999999999999999999999999999999,2026-01-01,true,", 4, "too large")]
    [InlineData("2,Card,x,1,yesterday,true,", 4, "yesterday")]
    [InlineData("2,Card,x,1,2026-01-01,maybe,", 4, "maybe")]
    [InlineData("2,Loan,x,1,2026-01-01,true,", 4, "Loan")]
    [InlineData("2,Card,x,1,2026-01-01", 4, "the row has no sent")]
    [InlineData("2,Card,\"x\" y,1,2026-01-01,true,", 4, "' ' stands behind the end of a quoted field. A quote within a field is written twice.")]
    [InlineData("2,Card,\"a\nb\" y,1,2026-01-01,true,", 5, "' ' stands behind the end of a quoted field.")]
    [InlineData("2,Card,\"a\nb,1,2026-01-01,true,\n", 4, "a quoted field that begins in this row does not end")]
    public async Task What_is_wrong_is_told_with_file_and_line(string row, int line, string problem)
    {
        InvalidDataException e = await Assert.ThrowsAsync<InvalidDataException>(() => ReadAsync($"id,topic,message,amount,day,sent,tags\n1,Card,\"two\nlines\",1,2026-01-01,true,\n{row}"));
        Assert.StartsWith($"{File}, line {line}: ", e.Message, StringComparison.Ordinal);
        Assert.Contains(problem, e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("id,topic,message,amount,day,sent\n1,Card,x,1,2026-01-01,true", ", line 2: there is no column 'tags'; the header has id, topic, message, amount, day, sent")]
    [InlineData("id,topic,ID\n1,Card,2", ", line 1: two columns are called 'ID', and a row's value would be that of either.")]
    [InlineData("id,topic\n", " has no row: a header and a row are the least.")]
    [InlineData("", " has no row: a header and a row are the least.")]
    public async Task A_header_that_does_not_fit_is_told(string text, string problem) =>
        Assert.Equal(File + problem, (await Assert.ThrowsAsync<InvalidDataException>(() => ReadAsync(text))).Message);

    private enum Topic
    {
        Card,
        Refund,
    }

    private sealed record Payment(string Message, decimal Amount, DateOnly Day, bool IsSent);
}
