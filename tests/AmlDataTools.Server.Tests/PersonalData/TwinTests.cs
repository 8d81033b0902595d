using AmlDataTools.Server.Features;
using AmlDataTools.Server.Protocol;
using Model = AmlDataTools.Core.PersonalData;

namespace AmlDataTools.Server.Tests.PersonalData;

/// <summary>Every member of an enum of the product has its twin on the wire, and the other way round.</summary>
public sealed class TwinTests
{
    [Fact]
    public void States_grades_lines_and_ticks()
    {
        Same<Model.SearchState, SearchState>();
        Same<Model.MatchGrade, MatchGrade>();
        Same<Model.ResultKind, SearchNodeKind>();
        Same<Model.ResultTick, SearchTick>();
    }

    private static void Same<TModel, TWire>()
        where TModel : struct, Enum
        where TWire : struct, Enum
    {
        Assert.Equal(Enum.GetValues<TWire>(), Enum.GetValues<TModel>().Select(WireEnum.To<TModel, TWire>));
        Assert.Equal(Enum.GetValues<TModel>(), Enum.GetValues<TWire>().Select(WireEnum.To<TWire, TModel>));
    }
}
