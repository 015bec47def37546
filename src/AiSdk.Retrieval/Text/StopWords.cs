namespace AiSdk.Retrieval;

/// <summary>The words of a language that say nothing about a text's subject.</summary>
internal static class StopWords
{
    private const string English =
        "a about above after again against all am an and any are aren't as at be because been before being below between both but by can cannot can't could couldn't did didn't do does doesn't doing don't down during each few for from further had hadn't has hasn't have haven't having he her here hers herself him himself his how i if in into is isn't it its itself let's me more most mustn't my myself no nor not of off on once only or other ought our ours ourselves out over own same shan't she should shouldn't so some such than that the their theirs them themselves then there these they this those through to too under until up upon us very was wasn't we were weren't what when where which while who whom why will with won't would wouldn't you your yours yourself yourselves";

    private const string German =
        "aber alle allem allen aller alles als also am an ander andere anderem anderen anderer anderes auch auf aus bei bin bis bist da damit dann das dass dasselbe dazu dein deine deinem deinen deiner dem demselben den denn denselben der derer derselbe derselben des desselben dessen dich die dies diese dieselbe dieselben diesem diesen dieser dieses dir doch dort du durch ein eine einem einen einer eines einig einige einigem einigen einiger einiges einmal er es etwas euch euer eure eurem euren eurer für gegen gewesen hab habe haben hat hatte hatten hier hin hinter ich ihm ihn ihnen ihr ihre ihrem ihren ihrer im in indem ins ist ja jede jedem jeden jeder jedes jene jenem jenen jener jenes jetzt kann kein keine keinem keinen keiner können könnte machen man manche manchem manchen mancher manches mein meine meinem meinen meiner mich mir mit muss musste nach nicht nichts noch nun nur ob oder ohne sehr sein seine seinem seinen seiner selbst sich sie sind so solche solchem solchen solcher solches soll sollte sondern sonst über um und uns unser unsere unserem unseren unter viel vom von vor war waren warst was weg weil weiter welche welchem welchen welcher welches wenn werde werden wie wieder will wir wird wirst wo wollen wollte während würde würden zu zum zur zwar zwischen";

    private const string French =
        "à ai aie ait alors as au aucun aussi autre aux avait avant avec avez avoir avons c ce ceci cela ces cet cette ceux chaque ci comme comment d dans de des donc dont du elle elles en encore entre es est et étaient étais était été être eu eux fait il ils j je l la le les leur leurs lui là m ma mais me mes moi mon même n ne nos notre nous on ont ou où par parce pas peu peut plus pour pourquoi qu quand que quel quelle quelles quels qui s sa sans se sera ses si sien soi son sont sous sur t ta te tes toi ton tous tout toute toutes trop tu un une vos votre vous y";

    private const string Spanish =
        "a al algo algunas algunos ante antes aquel aquella aquellas aquellos aquí así aun aunque cada como con contra cual cuando cuál de del desde donde dos durante e el él ella ellas ellos en entre era eran eres es esa esas ese eso esos esta está estaba están estar estas este esto estos fue fueron ha había han has hasta hay he la las le les lo los me mi mis mucho muchos muy más mí nada ni no nos nosotros nuestra nuestras nuestro nuestros o os otra otras otro otros para pero poco por porque que quien quienes qué se sea sean ser si sido sin sobre son su sus suya suyo sí también tanto te tiene tienen todo todos tu tus tú un una unas uno unos usted ustedes y ya yo";

    /// <summary>The stop words of a language, in lower case.</summary>
    public static HashSet<string> Of(TextLanguage language)
    {
        string words = language switch
        {
            TextLanguage.English => English,
            TextLanguage.German => German,
            TextLanguage.French => French,
            TextLanguage.Spanish => Spanish,
            _ => "",
        };
        // The analyzer drops the apostrophe: "don't" comes as "dont".
        return [.. words.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(static word => word.Replace("'", "", StringComparison.Ordinal))];
    }
}
