-- nothing
/* to */ ; -- do
