using System.Text;
using Xunit;

namespace AiSdk.Tests;

public sealed class JsonPathTests
{
    [Theory]
    [InlineData("""[10,[20,{"a":30}]]""", "10", "$[0]")]
    [InlineData("""[10,[20,{"a":30}]]""", "20", "$[1][0]")]
    [InlineData("""[10,[20,{"a":30}]]""", "30", "$[1][1].a")]
    [InlineData("""[[],[],7]""", "7", "$[2]")]
    [InlineData("""{"a":{"b":1},"c":7}""", "7", "$.c")]
    [InlineData("""{"a":{},"c":7}""", "7", "$.c")]
    [InlineData("""{"":7}""", "7", "$['']")]
    [InlineData("""{"":{"x":7}}""", "7", "$[''].x")]
    [InlineData("""{"two words":7}""", "7", "$['two words']")]
    [InlineData("""{"it's\\":7}""", "7", """$['it\'s\\']""")]
    [InlineData("""{"naïve":7}""", "7", "$['naïve']")]
    [InlineData("""{"1st":7}""", "7", "$['1st']")]
    [InlineData("""{"n_1":7}""", "7", "$.n_1")]
    [InlineData("""{"\u0061":7}""", "7", "$.a")]
    [InlineData("""{"\ud800":7}""", "7", """$['\\ud800']""")]
    [InlineData("""{"a":[1,2,""", "2", "$.a[1]")]
    [InlineData("""7""", "7", "$")]
    public void The_path_of_a_value_is_found_by_its_place(string json, string at, string expected)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(json);

        Assert.Equal(expected, JsonPath.At(utf8, utf8.AsSpan().LastIndexOf(Encoding.UTF8.GetBytes(at)), default));
    }
}
