using AmlDataTools.Server.Hosting;
using Xunit;

namespace AmlDataTools.Server.Tests.Hosting;

public sealed class IdleMemoryTests
{
    private long _allocated;
    private int _times;

    [Fact]
    public void What_a_burst_took_is_given_back_once_it_is_over()
    {
        var memory = new IdleMemory(() => _allocated, () => _times++);
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(0, Look(memory, IdleMemory.Worthwhile));
        }

        Assert.Equal(1, Look(memory, 1000));
        Assert.Equal(1, Look(memory, 1000));
    }

    [Fact]
    public void It_is_not_done_for_little_and_again_when_little_has_become_much()
    {
        var memory = new IdleMemory(() => _allocated, () => _times++);
        var looks = (int)(IdleMemory.Worthwhile / (IdleMemory.Quiet - 1));
        for (var i = 0; i < looks; i++)
        {
            Assert.Equal(0, Look(memory, IdleMemory.Quiet - 1));
        }

        Assert.Equal(1, Look(memory, IdleMemory.Quiet - 1));
        Assert.Equal(1, Look(memory, IdleMemory.Quiet - 1));
    }

    private int Look(IdleMemory memory, long allocated)
    {
        _allocated += allocated;
        memory.Look();
        return _times;
    }
}
