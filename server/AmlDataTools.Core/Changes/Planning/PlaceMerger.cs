using AmlDataTools.Core.Changes.References;
using AmlDataTools.Core.Places;

namespace AmlDataTools.Core.Changes.Planning;

/// <summary>Makes one of places that are the same or lie within each other, so that no blob is in a plan twice.</summary>
internal static class PlaceMerger
{
    /// <summary>The outermost places, with everybody to whom they or what was in them belong; refused ones as they are.</summary>
    public static List<PlannedPlace> Merge(IReadOnlyList<PlannedPlace> places)
    {
        var merged = places.Where(place => place.Refused is not null).ToList();
        PlannedPlace? outer = null;

        // With the slash that ends a folder, what lies in it stands right behind it.
        foreach (var place in places.Where(place => place.Refused is null)
            .OrderBy(place => place.Where.Container, StringComparer.Ordinal).ThenBy(place => place.Where.Path + "/", StringComparer.Ordinal))
        {
            if (outer is null || outer.Where.Container != place.Where.Container || !StoragePlace.Covers(outer.Where.Path, place.Where.Path))
            {
                outer = place;
                merged.Add(place);
                continue;
            }

            if (outer.Form != place.Form && (outer.Form == PlaceForm.Blob || outer.Where.Path == place.Where.Path))
            {
                outer.Form = PlaceForm.Either;
            }

            outer.CodeName ??= place.CodeName;
            foreach (var owner in place.Owner is { } first ? place.Others.Prepend(first) : place.Others)
            {
                if (outer.Owner is null)
                {
                    outer.Owner = owner;
                }
                else
                {
                    outer.AddOther(owner);
                }
            }
        }

        return merged;
    }
}
