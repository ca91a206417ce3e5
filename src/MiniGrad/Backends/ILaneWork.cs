namespace MiniGrad.Backends;

/// <summary>Independent items of work, such as the matrices of an optimizer step, that lanes of a back end do at the same time.</summary>
public interface ILaneWork
{
    /// <summary>Does one item. Which lane does it must not change the result.</summary>
    /// <param name="item">The item.</param>
    /// <param name="lane">The lane, whose back end and memory nobody else uses meanwhile.</param>
    void Run(int item, int lane);
}
