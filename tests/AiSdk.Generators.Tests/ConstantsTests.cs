using Xunit;

namespace AiSdk.Generators.Tests;

public sealed class ConstantsTests
{
    [Fact]
    public void The_attribute_name_is_that_of_the_attribute() => Assert.Equal(AttributeNames.AiFunctions, typeof(AiFunctionsAttribute).FullName);
}
