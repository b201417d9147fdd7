"""Parts of the Study screen: what they show comes from one `StudyView`."""
