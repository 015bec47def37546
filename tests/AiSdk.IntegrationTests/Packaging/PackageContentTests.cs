using System.IO.Compression;
using System.Xml.Linq;
using Xunit;

namespace AiSdk.IntegrationTests;

/// <summary>What is in the package, and what must not be.</summary>
[Collection(PackagingTestGroup.Name)]
public sealed class PackageContentTests(PackedLibrary library)
{
    [Fact]
    public void It_holds_the_library_its_documentation_each_compiler_component_once_its_properties_and_the_readme_and_nothing_else()
    {
        using ZipArchive package = ZipFile.OpenRead(library.Package);

        Assert.Equal(
            [
                "AiSdk.nuspec", "README.md",
                "analyzers/dotnet/cs/AiSdk.Analyzers.dll", "analyzers/dotnet/cs/AiSdk.CodeFixes.dll", "analyzers/dotnet/cs/AiSdk.Generators.dll",
                "buildMultiTargeting/AiSdk.targets", "buildTransitive/AiSdk.props", "buildTransitive/AiSdk.targets", "lib/net10.0/AiSdk.dll", "lib/net10.0/AiSdk.xml",
            ],
            package.Entries.Select(static entry => entry.FullName)
                .Where(static name => name is not "[Content_Types].xml" && !name.StartsWith("_rels/", StringComparison.Ordinal) && !name.StartsWith("package/", StringComparison.Ordinal)
                    && !name.StartsWith("analyzers/docs/", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal));
    }

    [Fact]
    public void It_holds_the_pages_that_help_links_name()
    {
        using ZipArchive package = ZipFile.OpenRead(library.Package);

        Assert.Equal(
            Directory.EnumerateFiles(Path.Combine(DotNet.RepositoryRoot, "analyzers", "docs"), "*.md").Select(static file => "analyzers/docs/" + Path.GetFileName(file)).Order(StringComparer.Ordinal),
            package.Entries.Select(static entry => entry.FullName).Where(static name => name.StartsWith("analyzers/docs/", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void It_states_licence_and_readme_and_depends_on_no_compiler()
    {
        XElement metadata = Metadata();

        XElement licence = Child(metadata, "license");
        Assert.Equal(("expression", "MIT"), (licence.Attribute("type")!.Value, licence.Value));
        Assert.Equal("README.md", Child(metadata, "readme").Value);
        Assert.NotEmpty(Child(metadata, "description").Value);
        string[] dependencies = [.. metadata.Descendants().Where(static e => e.Name.LocalName == "dependency").Select(static e => e.Attribute("id")!.Value)];
        Assert.Contains("Microsoft.Extensions.AI", dependencies);
        Assert.DoesNotContain(dependencies, static id => id.StartsWith("Microsoft.CodeAnalysis", StringComparison.Ordinal) || id == "PolySharp");
    }

    [Fact]
    public void Its_documentation_explains_the_attributes()
    {
        using ZipArchive package = ZipFile.OpenRead(library.Package);
        using Stream stream = package.GetEntry("lib/net10.0/AiSdk.xml")!.Open();

        XDocument documentation = XDocument.Load(stream);

        Assert.Contains(documentation.Descendants("member"), static member => member.Attribute("name")!.Value == "T:AiSdk.AiFunctionsAttribute" && member.Element("summary") is not null);
    }

    private XElement Metadata()
    {
        using ZipArchive package = ZipFile.OpenRead(library.Package);
        using Stream stream = package.GetEntry("AiSdk.nuspec")!.Open();
        return Child(XDocument.Load(stream).Root!, "metadata");
    }

    private static XElement Child(XElement parent, string name) => parent.Elements().Single(e => e.Name.LocalName == name);
}
